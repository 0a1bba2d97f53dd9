import * as z from 'zod/mini'

// What screens read of an answer; the contract test holds each against docs/openapi.json.
const time = z.string()
const url = z.nullable(z.string())

export const artistRef = z.object({ id: z.string(), artist_name: z.string() })
export const styleRef = z.object({ id: z.string(), title: z.string(), artist: artistRef })
export const buyerRef = z.object({ id: z.string(), username: z.string() })

/** @template {z.ZodMiniType} T @param {T} item */
export const page = (item) =>
  z.object({ results: z.array(item), next_cursor: z.nullable(z.string()), has_more: z.boolean() })

export const me = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  bio: z.string(),
  profile_image_url: url,
  role: z.string(),
  is_operator: z.boolean(),
  token_balance: z.int(),
  artist: z.nullable(z.object({ artist_name: z.string(), earned_token_balance: z.int() })),
  unread_notifications: z.int(),
})

export const failure = z.object({ code: z.string(), message: z.string() })

const generation = {
  id: z.string(),
  style: styleRef,
  buyer: buyerRef,
  description: z.string(),
  aspect_ratio: z.string(),
  width: z.int(),
  height: z.int(),
  status: z.string(),
  is_public: z.boolean(),
  like_count: z.int(),
  comment_count: z.int(),
  is_liked: z.boolean(),
  image_url: url,
  thumbnail_url: url,
  created_at: time,
}
export const generationCard = z.object(generation)
export const generationDetail = z.object({
  ...generation,
  prompt_tags: z.array(z.string()),
  is_own: z.boolean(),
  price_tokens: z.nullable(z.int()),
  retry_count: z.int(),
  progress: z.nullable(
    z.object({ progress_percent: z.int(), estimated_seconds: z.nullable(z.int()), last_updated: time }),
  ),
  place_in_line: z.nullable(z.object({ position: z.int(), estimated_start_seconds: z.nullable(z.int()) })),
  failure: z.nullable(failure),
  download_url: url,
})

const style = {
  id: z.string(),
  title: z.string(),
  artist: artistRef,
  generation_cost_tokens: z.int(),
  generations_count: z.int(),
  thumbnail_url: url,
  training_status: z.string(),
  created_at: time,
}
export const styleCard = z.object(style)
export const styleDetail = z.object({
  ...style,
  description: z.string(),
  tags: z.array(z.string()),
  sample_urls: z.array(z.string()),
  is_active: z.boolean(),
  is_own: z.boolean(),
  failure: z.nullable(failure),
})

export const likeState = z.object({ is_liked: z.boolean(), like_count: z.int() })
export const nothing = z.object({})
