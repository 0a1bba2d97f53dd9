import { call } from '@/api/client'
import { PresignedUploads } from '@/api/schemas/uploads'

/**
 * @param {'artwork' | 'signature' | 'profile_image'} purpose
 * @param {File[]} files
 */
export const presign = (purpose, files) =>
  call('POST', '/uploads', {
    schema: PresignedUploads,
    body: { purpose, files: files.map(({ name, type, size }) => ({ filename: name, content_type: type, size })) },
    quiet: true,
  })
