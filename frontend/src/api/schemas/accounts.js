import * as z from 'zod/mini'
import { Address, Count, Id, Moment } from './common'

export const ArtistBlock = z.object({
  artist_name: z.string(),
  earned_token_balance: Count,
  follower_count: Count,
  signature_url: z.string(),
})

export const Me = z.object({
  id: Id,
  username: z.string(),
  email: z.string(),
  bio: z.string(),
  profile_image_url: Address,
  role: z.string(),
  is_operator: z.boolean(),
  token_balance: Count,
  artist: z.nullable(ArtistBlock),
  unread_notifications: Count,
  created_at: Moment,
})

export const ArtistProfile = z.object({
  artist_name: z.string(),
  follower_count: Count,
  style_id: z.nullable(Id),
})

export const Profile = z.object({
  id: Id,
  username: z.string(),
  bio: z.string(),
  profile_image_url: Address,
  role: z.string(),
  artist: z.nullable(ArtistProfile),
  public_generations_count: Count,
  following_count: Count,
  is_following: z.nullable(z.boolean()),
  is_self: z.boolean(),
  created_at: Moment,
})

export const LeavingOutlook = z.object({
  outcome: z.enum(['removed', 'deactivated', 'job_in_flight', 'payment_unclear']),
  token_balance: Count,
  generations_count: Count,
  styles_count: Count,
})

export const Left = z.object({ left: z.enum(['removed', 'deactivated']), tokens_written_off: Count })
