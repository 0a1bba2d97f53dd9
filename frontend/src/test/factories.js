import { GenerationDetail } from '@/api/schemas/generations'
import { Me } from '@/api/schemas/accounts'
import { StyleDetail } from '@/api/schemas/styles'

// Each is read by the schema of the edge, so that no test lives on an answer that cannot come.
const at = '2026-11-23T10:00:00.000Z'
const artist = { id: 'artist-1', artist_name: 'Alice Lin' }
let last = 0

/** @param {Partial<import('@/features/jobs/store').Generation>} [given] */
export const aGeneration = (given = {}) =>
  GenerationDetail.parse({
    id: `generation-${(last += 1)}`,
    style: { id: 'style-1', title: 'Quiet Harbours', artist },
    buyer: { id: 'bob-1', username: 'bob', profile_image_url: null },
    description: '', aspect_ratio: '1:1', width: 512, height: 512, status: 'queued', is_public: false,
    like_count: 0, comment_count: 0, is_liked: false, image_url: null, preview_url: null, thumbnail_url: null,
    created_at: at, completed_at: null, prompt_tags: ['moon'], seed: 7, is_own: true, price_tokens: 10,
    retry_count: 0, progress: null, place_in_line: null, failure: null, download_url: null,
    ...given,
  })

/** @param {Partial<import('@/features/jobs/store').Style>} [given] */
export const aStyle = (given = {}) =>
  StyleDetail.parse({
    id: 'style-1', title: 'Quiet Harbours', artist, generation_cost_tokens: 10, generations_count: 3,
    thumbnail_url: null, training_status: 'completed', created_at: at, description: 'Calm.',
    tags: ['quiet harbours', 'moon', 'a very long evening by the sea'], sample_urls: [], is_active: true,
    progress: null, failure: null, is_own: false, artworks: null, trained_at: at,
    ...given,
  })

/** @param {Partial<import('@/features/accounts/session').Me>} [given] */
export const aMe = (given = {}) =>
  Me.parse({
    id: 'bob-1', username: 'bob', email: 'bob@example.com', bio: '', profile_image_url: null, role: 'user',
    is_operator: false, token_balance: 42, artist: null, unread_notifications: 0, created_at: at,
    ...given,
  })
