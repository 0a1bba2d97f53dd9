import * as z from 'zod/mini'

export const Id = z.string()
export const Moment = z.string()
export const Count = z.number()
/** An address of an image; null while there is none. */
export const Address = z.nullable(z.string())

/**
 * One page of a list.
 * @template {z.ZodMiniType} T
 * @param {T} item
 */
export const pageOf = (item) =>
  z.object({ results: z.array(item), next_cursor: z.nullable(z.string()), has_more: z.boolean() })

/** An answer of which nothing is read. */
export const Nothing = z.object({})

/** Why something of ours came to nothing. */
export const Failed = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
})
