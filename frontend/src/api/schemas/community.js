import * as z from 'zod/mini'
import { Address, Count, Id, Moment, pageOf } from './common'
import { Person } from './generations'

export const LikeState = z.object({ is_liked: z.boolean(), like_count: Count })

export const FollowState = z.object({ is_following: z.boolean(), follower_count: Count })

const comment = {
  id: Id,
  parent_id: z.nullable(Id),
  author: Person,
  body: z.string(),
  is_own: z.boolean(),
  created_at: Moment,
  edited_at: z.nullable(Moment),
  has_more_replies: z.boolean(),
}

/** Replies have none of their own: one level is all there is. */
export const CommentOut = z.object({
  ...comment,
  replies: z.array(z.object({ ...comment, replies: z.array(z.unknown()) })),
})

export const CommentPage = pageOf(CommentOut)

export const CommentCount = z.object({ comment_count: Count })

export const StyleOffer = z.object({
  id: Id,
  title: z.string(),
  generation_cost_tokens: Count,
  thumbnail_url: Address,
})

export const FollowedArtist = z.object({
  id: Id,
  username: z.string(),
  artist_name: z.string(),
  follower_count: Count,
  profile_image_url: Address,
  style: z.nullable(StyleOffer),
  followed_at: Moment,
})

export const FollowedPage = pageOf(FollowedArtist)
