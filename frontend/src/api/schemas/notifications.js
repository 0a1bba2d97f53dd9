import * as z from 'zod/mini'
import { Count, Id, Moment, pageOf } from './common'

export const Notification = z.object({
  id: Id,
  type: z.string(),
  actor: z.nullable(z.object({ id: Id, username: z.string(), profile_image_url: z.nullable(z.string()) })),
  target: z.object({ type: z.string(), id: Id, thumbnail_url: z.nullable(z.string()) }),
  is_read: z.boolean(),
  created_at: Moment,
})

export const NotificationPage = pageOf(Notification)

export const Marked = z.object({ marked: Count })
