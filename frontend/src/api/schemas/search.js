import * as z from 'zod/mini'
import { Address, Count, Id } from './common'
import { ArtistRef } from './styles'

export const StyleHit = z.object({
  id: Id,
  name: z.string(),
  thumbnail_url: Address,
  artist: ArtistRef,
  matched_by: z.enum(['tag', 'name']),
})

export const ArtistHit = z.object({
  id: Id,
  username: z.string(),
  artist_name: z.string(),
  follower_count: Count,
  profile_image_url: Address,
  matched_by: z.enum(['artist_name', 'username']),
})

export const SearchResults = z.object({ styles: z.array(StyleHit), artists: z.array(ArtistHit) })
