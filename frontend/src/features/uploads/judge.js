export const IMAGE_TYPES = ['image/png', 'image/jpeg']

/** What each purpose takes; the server judges again, by the bytes. */
export const LIMITS = {
  artwork: { bytes: 10_000_000, width: 512, height: 512 },
  signature: { bytes: 2_000_000, width: 200, height: 1 },
}

/** @param {Blob} file */
export async function sizeOf(file) {
  const bitmap = await createImageBitmap(file)
  const size = { width: bitmap.width, height: bitmap.height }
  bitmap.close()
  return size
}

/**
 * Why a file will not do, before it is sent: a key of `uploads.wrong`, or null when it will.
 * @param {File} file
 * @param {keyof typeof LIMITS} purpose
 * @param {(file: Blob) => Promise<{ width: number, height: number }>} [measure]
 */
export async function faultOf(file, purpose, measure = sizeOf) {
  const limit = LIMITS[purpose]
  if (!IMAGE_TYPES.includes(file.type)) return 'type'
  if (file.size > limit.bytes) return 'bytes'
  const size = await measure(file).catch(() => null)
  if (!size) return 'unreadable'
  return size.width < limit.width || size.height < limit.height ? 'small' : null
}
