import { call } from '@/api/client'
import {
  CommentCount,
  CommentOut,
  CommentPage,
  FollowedPage,
  FollowState,
  LikeState,
} from '@/api/schemas/community'

/** @param {string} generationId @param {boolean} like */
export const setLike = (generationId, like) =>
  call(like ? 'POST' : 'DELETE', `/generations/${generationId}/like`, { schema: LikeState })

/** @param {string} userId @param {boolean} follow */
export const setFollow = (userId, follow) =>
  call(follow ? 'POST' : 'DELETE', `/users/${userId}/follow`, { schema: FollowState })

/** @param {string} generationId @param {{ cursor?: string | null, parent_id?: string }} query */
export const listComments = (generationId, query) =>
  call('GET', `/generations/${generationId}/comments`, { schema: CommentPage, query, quiet: true })

/** @param {string} generationId @param {{ body: string, parent_id?: string | null }} comment */
export const addComment = (generationId, comment) =>
  call('POST', `/generations/${generationId}/comments`, { schema: CommentOut, body: comment })

/** @param {string} id @param {string} body */
export const editComment = (id, body) => call('PATCH', `/comments/${id}`, { schema: CommentOut, body: { body } })

/** @param {string} id */
export const deleteComment = (id) => call('DELETE', `/comments/${id}`, { schema: CommentCount })

/** @param {{ cursor?: string | null, limit?: number }} query */
export const listFollowing = (query) =>
  call('GET', '/users/me/following', { schema: FollowedPage, query, quiet: true })
