import * as z from 'zod/mini'
import { Address, Count, Failed, Id, Moment, pageOf } from './common'
import { StyleRef } from './styles'

export const Person = z.object({ id: Id, username: z.string(), profile_image_url: Address })

const card = {
  id: Id,
  style: StyleRef,
  buyer: Person,
  description: z.string(),
  aspect_ratio: z.string(),
  width: Count,
  height: Count,
  status: z.string(),
  is_public: z.boolean(),
  like_count: Count,
  comment_count: Count,
  is_liked: z.boolean(),
  image_url: Address,
  preview_url: Address,
  thumbnail_url: Address,
  created_at: Moment,
  completed_at: z.nullable(Moment),
}

export const GenerationCard = z.object(card)

export const Progress = z.object({
  current_step: Count,
  total_steps: Count,
  progress_percent: Count,
  estimated_seconds: z.optional(z.nullable(Count)),
  last_updated: Moment,
})

export const PlaceInLine = z.object({ position: Count, estimated_start_seconds: z.nullable(Count) })

export const GenerationDetail = z.object({
  ...card,
  prompt_tags: z.array(z.string()),
  seed: Count,
  is_own: z.boolean(),
  price_tokens: z.nullable(Count),
  retry_count: Count,
  progress: z.nullable(Progress),
  place_in_line: z.nullable(PlaceInLine),
  failure: z.nullable(Failed),
  download_url: Address,
})

export const GenerationPage = pageOf(GenerationCard)
