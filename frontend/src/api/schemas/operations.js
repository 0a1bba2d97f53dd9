import * as z from 'zod/mini'
import { Count, Id, Moment, pageOf } from './common'

export const Tag = z.object({
  id: Id,
  name: z.string(),
  usage_count: Count,
  is_active: z.boolean(),
  is_flagged: z.boolean(),
  created_at: Moment,
})

export const TagPage = pageOf(Tag)

export const Job = z.object({
  id: Id,
  kind: z.enum(['training', 'generation']),
  state: z.enum(['queued', 'dispatched', 'running', 'retrying', 'done', 'failed', 'canceled']),
  attempt: Count,
  owner_id: Id,
  style_id: z.nullable(Id),
  generation_id: z.nullable(Id),
  failure_code: z.nullable(z.string()),
  failure_message: z.nullable(z.string()),
  created_at: Moment,
  started_at: z.nullable(Moment),
  heard_at: z.nullable(Moment),
  ended_at: z.nullable(Moment),
})

export const JobPage = pageOf(Job)

export const LedgerProof = z.object({
  holds: z.boolean(),
  invariants: z.record(z.string(), Count),
  proved_at: Moment,
  recount_faults: z.record(z.string(), Count),
  recounted_at: z.nullable(Moment),
})
