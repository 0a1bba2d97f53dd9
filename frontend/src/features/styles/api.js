import { call } from '@/api/client'
import { StyleDetail, StyleDetailPage, StylePage } from '@/api/schemas/styles'

/**
 * @param {{ cursor?: string | null, sort?: string, tag?: string, artist_id?: string, following?: boolean,
 *   limit?: number }} query
 */
export const listStyles = (query) => call('GET', '/styles', { schema: StylePage, query, quiet: true })

/** @param {AbortSignal} [signal] */
export const listMyStyles = (signal) => call('GET', '/styles/me', { schema: StyleDetailPage, signal, quiet: true })

/**
 * Whether one of an artist's own styles keeps a further one from being submitted (SPEC: one at a time).
 * @param {import('zod').infer<typeof StyleDetailPage>} page as `listMyStyles` gives it
 */
export const hasStyle = ({ results }) => results.some(({ training_status: status }) => status !== 'failed')

/** @param {string} id @param {AbortSignal} [signal] */
export const getStyle = (id, signal) => call('GET', `/styles/${id}`, { schema: StyleDetail, signal, quiet: true })

/**
 * @param {import('@/api/openapi').components['schemas']['StyleSubmission']} submission
 * @param {string} idempotencyKey
 */
export const submitStyle = (submission, idempotencyKey) =>
  call('POST', '/styles', { schema: StyleDetail, body: submission, idempotencyKey, quiet: true })

/** @param {string} id @param {import('@/api/openapi').components['schemas']['StyleChange']} change */
export const changeStyle = (id, change) =>
  call('PATCH', `/styles/${id}`, { schema: StyleDetail, body: change, quiet: true })
