import * as z from 'zod/mini'
import { Address, Count, Failed, Id, Moment, pageOf } from './common'

export const ArtistRef = z.object({ id: Id, artist_name: z.string() })

export const StyleRef = z.object({ id: Id, title: z.string(), artist: ArtistRef })

const card = {
  id: Id,
  title: z.string(),
  artist: ArtistRef,
  generation_cost_tokens: Count,
  generations_count: Count,
  thumbnail_url: Address,
  training_status: z.string(),
  created_at: Moment,
}

export const StyleCard = z.object(card)

export const ArtworkOut = z.object({
  id: Id,
  filename: z.string(),
  width: Count,
  height: Count,
  tags: z.array(z.string()),
  is_valid: z.nullable(z.boolean()),
  invalid_reason: z.nullable(z.string()),
  thumbnail_url: Address,
})

export const StyleProgress = z.object({
  current_epoch: Count,
  total_epochs: Count,
  progress_percent: Count,
  estimated_seconds: z.optional(z.nullable(Count)),
  samples: z.optional(Count),
  last_updated: Moment,
})

export const StyleDetail = z.object({
  ...card,
  description: z.string(),
  tags: z.array(z.string()),
  sample_urls: z.array(z.string()),
  is_active: z.boolean(),
  progress: z.nullable(StyleProgress),
  failure: z.nullable(Failed),
  is_own: z.boolean(),
  artworks: z.nullable(z.array(ArtworkOut)),
  trained_at: z.nullable(Moment),
})

export const StylePage = pageOf(StyleCard)
export const StyleDetailPage = pageOf(StyleDetail)
