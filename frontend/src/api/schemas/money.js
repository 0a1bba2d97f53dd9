import * as z from 'zod/mini'
import { Count, Id, Moment, pageOf } from './common'

export const Balance = z.object({
  token_balance: Count,
  promotional_balance: Count,
  held_tokens: Count,
  earned_token_balance: z.nullable(Count),
})

export const Transaction = z.object({
  id: Id,
  kind: z.string(),
  direction: z.enum(['in', 'out']),
  amount: Count,
  status: z.string(),
  text: z.string(),
  memo: z.string(),
  related_generation_id: z.nullable(Id),
  related_purchase_id: z.nullable(Id),
  created_at: Moment,
  settled_at: z.nullable(Moment),
})

export const TransactionPage = pageOf(Transaction)

export const Package = z.object({ id: z.string(), tokens: Count, amount: Count, currency: z.string() })

export const PackagePage = pageOf(Package)

export const Purchase = z.object({
  id: Id,
  order_id: z.string(),
  package_id: z.string(),
  tokens: Count,
  amount: Count,
  currency: z.string(),
  status: z.enum(['pending', 'confirming', 'paid', 'failed', 'canceled', 'expired']),
  payment_url: z.nullable(z.string()),
  expires_at: Moment,
})

const sum = { tokens: Count, images: Count }

export const Earnings = z.object({
  total: Count,
  images: Count,
  by_day: z.array(z.object({ date: z.string(), ...sum })),
  by_style: z.array(z.object({ style_id: Id, title: z.string(), ...sum })),
  earned_token_balance: Count,
  not_rolled_up: Count,
})
