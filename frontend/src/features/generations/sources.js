const THUMBNAIL_SIDE = 256
const [PREVIEW_WIDTH, PREVIEW_HEIGHT] = [640, 1280]

/** @typedef {{ image_url: string | null, preview_url: string | null, thumbnail_url: string | null, width: number, height: number }} Sized */

/**
 * The picture in the size that its place needs; `sizes` as in HTML.
 * @param {Sized} image
 * @param {string} sizes
 */
export function sources({ image_url: full, preview_url: preview, thumbnail_url: small, width, height }, sizes) {
  const src = preview ?? full
  if (!src || !small) return { src: src ?? small, width, height }
  const widthWithin = (/** @type {number} */ across, /** @type {number} */ down) => Math.round(width * Math.min(1, across / width, down / height))
  const shown = preview ? widthWithin(PREVIEW_WIDTH, PREVIEW_HEIGHT) : width
  return { src, srcset: `${small} ${widthWithin(THUMBNAIL_SIDE, THUMBNAIL_SIDE)}w, ${src} ${shown}w`, sizes, width, height }
}
