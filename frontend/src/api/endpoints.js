import { call } from './client.js'
import * as schemas from './schemas.js'

/** @typedef {import('zod/mini').infer<typeof schemas.me>} Me */
/** @typedef {import('zod/mini').infer<typeof schemas.generationCard>} GenerationCard */
/** @typedef {import('zod/mini').infer<typeof schemas.generationDetail>} GenerationDetail */
/** @typedef {import('zod/mini').infer<typeof schemas.styleCard>} StyleCard */
/** @typedef {import('zod/mini').infer<typeof schemas.styleDetail>} StyleDetail */

const cards = schemas.page(schemas.generationCard)
const styleCards = schemas.page(schemas.styleCard)

export const fetchMe = () => call('GET', '/auth/me', { schema: schemas.me })
export const signOut = () => call('POST', '/auth/logout', { schema: schemas.nothing })

/** @param {{style_id?: string, artist_id?: string, cursor?: string | null}} query @param {AbortSignal} [signal] */
export const fetchFeed = (query, signal) => call('GET', '/generations/feed', { schema: cards, query, signal })

/** @param {string} id @param {AbortSignal} [signal] */
export const fetchGeneration = (id, signal) =>
  call('GET', `/generations/${id}`, { schema: schemas.generationDetail, signal })

/** @param {{style_id: string, prompt_tags: string[], aspect_ratio: string}} body @param {string} key */
export const createGeneration = (body, key) =>
  call('POST', '/generations', { schema: schemas.generationDetail, body, key })

/** @param {string} id */
export const cancelGeneration = (id) =>
  call('POST', `/generations/${id}/cancel`, { schema: schemas.generationDetail })

/** @param {string} id @param {{is_public?: boolean, description?: string}} body */
export const changeGeneration = (id, body) =>
  call('PATCH', `/generations/${id}`, { schema: schemas.generationDetail, body })

/** @param {string} id @param {boolean} liked */
export const setLike = (id, liked) =>
  call(liked ? 'POST' : 'DELETE', `/generations/${id}/like`, { schema: schemas.likeState })

/** @param {{sort?: string, cursor?: string | null}} query @param {AbortSignal} [signal] */
export const fetchStyles = (query, signal) => call('GET', '/styles', { schema: styleCards, query, signal })

/** @param {string} id @param {AbortSignal} [signal] */
export const fetchStyle = (id, signal) => call('GET', `/styles/${id}`, { schema: schemas.styleDetail, signal })
