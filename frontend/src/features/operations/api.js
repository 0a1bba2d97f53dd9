import { call } from '@/api/client'
import { JobPage, LedgerProof, Tag, TagPage } from '@/api/schemas/operations'

/** @param {{ cursor?: string | null, q?: string, flagged?: boolean | null }} query */
export const listTags = (query) => call('GET', '/admin/tags', { schema: TagPage, query, quiet: true })

/** @param {string} id @param {{ is_active?: boolean, is_flagged?: boolean }} change */
export const changeTag = (id, change) => call('PATCH', `/admin/tags/${id}`, { schema: Tag, body: change })

/** @param {{ cursor?: string | null, state?: string, kind?: string }} query */
export const listJobs = (query) => call('GET', '/admin/jobs', { schema: JobPage, query, quiet: true })

/** @param {AbortSignal} [signal] */
export const proveLedger = (signal) => call('GET', '/admin/ledger', { schema: LedgerProof, signal, quiet: true })
