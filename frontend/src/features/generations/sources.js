const THUMBNAIL_SIDE = 256

/**
 * The picture in the size that its place needs; `sizes` as in HTML.
 * @param {{ image_url: string | null, thumbnail_url: string | null, width: number, height: number }} image
 * @param {string} sizes
 */
export function sources({ image_url: full, thumbnail_url: small, width, height }, sizes) {
  if (!full || !small) return { src: full ?? small, width, height }
  const smallWidth = Math.round((THUMBNAIL_SIDE * width) / Math.max(width, height))
  return { src: full, srcset: `${small} ${smallWidth}w, ${full} ${width}w`, sizes, width, height }
}
