import * as z from 'zod/mini'
import { Count } from './common'

export const PresignedUpload = z.object({
  upload_key: z.string(),
  url: z.string(),
  fields: z.record(z.string(), z.string()),
})

export const PresignedUploads = z.object({ uploads: z.array(PresignedUpload), expires_in_seconds: Count })
