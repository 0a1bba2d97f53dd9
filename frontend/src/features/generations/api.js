import { call } from '@/api/client'
import { GenerationDetail, GenerationPage } from '@/api/schemas/generations'

/** @param {{ cursor?: string | null, style_id?: string, artist_id?: string, limit?: number }} query */
export const listFeed = (query) => call('GET', '/generations/feed', { schema: GenerationPage, query, quiet: true })

/** @param {{ cursor?: string | null, is_public?: boolean | null, status?: string, limit?: number }} query */
export const listMine = (query) => call('GET', '/generations/me', { schema: GenerationPage, query, quiet: true })

/** What one likes, the latest like first. @param {{ cursor?: string | null, limit?: number }} query */
export const listLiked = (query) => call('GET', '/users/me/likes', { schema: GenerationPage, query, quiet: true })

/** @param {string} id @param {AbortSignal} [signal] */
export const getGeneration = (id, signal) =>
  call('GET', `/generations/${id}`, { schema: GenerationDetail, signal, quiet: true })

/**
 * @param {import('@/api/openapi').components['schemas']['GenerationRequest']} request
 * @param {string} idempotencyKey
 */
export const requestGeneration = (request, idempotencyKey) =>
  call('POST', '/generations', { schema: GenerationDetail, body: request, idempotencyKey, quiet: true })

/** @param {string} id @param {{ is_public?: boolean, description?: string }} change @param {{ quiet?: boolean }} [how] */
export const changeGeneration = (id, change, how) =>
  call('PATCH', `/generations/${id}`, { schema: GenerationDetail, body: change, ...how })

/** @param {string} id */
export const cancelGeneration = (id) => call('POST', `/generations/${id}/cancel`, { schema: GenerationDetail })
