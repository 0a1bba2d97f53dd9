const SIDE_PX = 384

/** A small copy, so that a hundred artworks fit in memory. @param {Blob} file @returns {Promise<Blob>} */
export async function thumbnailOf(file) {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, SIDE_PX / Math.min(bitmap.width, bitmap.height))
  const canvas = new OffscreenCanvas(Math.ceil(bitmap.width * scale), Math.ceil(bitmap.height * scale))
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.8 })
}
