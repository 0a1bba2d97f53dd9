/**
 * The server's rule for signatures, `sl-sig/1` (gpu_handlers/common/signature.py), so that a
 * preview shows what every image will carry. Only the scaling differs by a hair: browsers have no
 * Lanczos filter.
 */
const WIDTH = 0.22
const HEIGHT = 0.1
const MARGIN = 0.03
const INK_OPACITY = 0.8
const HALO_OPACITY = 0.7
const HALO_SPREAD = 0.004
const HALO_BLUR = 0.003
const STROKE_GAMMA = 0.75
const LIGHT_GROUND = 0.25
const DARK = [18, 18, 18]
const LIGHT = [255, 255, 255]

/** @typedef {{ width: number, height: number, data: Uint8ClampedArray }} Mask one byte a pixel */

/** @param {{ width: number, height: number, data: Uint8ClampedArray }} image RGBA */
function alphaOrDarkParts({ width, height, data }) {
  const mask = new Uint8ClampedArray(width * height)
  let least = 255
  for (let i = 0; i < mask.length; i += 1) {
    mask[i] = data[i * 4 + 3]
    least = Math.min(least, mask[i])
  }
  if (least < 255) return mask
  for (let i = 0; i < mask.length; i += 1) {
    mask[i] = (data[i * 4] * 19595 + data[i * 4 + 1] * 38470 + data[i * 4 + 2] * 7471 + 0x8000) >> 16
  }
  const threshold = otsu(mask)
  return mask.map((value) => (value > threshold ? 0 : 255 - value))
}

/** Otsu 1979: the grey that parts two heaps best. @param {Uint8ClampedArray} greys */
function otsu(greys) {
  const counts = new Float64Array(256)
  for (const grey of greys) counts[grey] += 1
  const total = greys.length
  const weight = counts.reduce((sum, count, level) => sum + count * level, 0)
  let [below, sum, best, threshold] = [0, 0, -1, 0]
  for (let level = 0; level < 256; level += 1) {
    below += counts[level]
    sum += counts[level] * level
    const above = total - below
    const apart = below * above * (sum / Math.max(below, 1) - (weight - sum) / Math.max(above, 1)) ** 2
    if (apart > best) [best, threshold] = [apart, level]
  }
  return threshold
}

/**
 * The strokes alone, cut to what is there; null when there are none.
 * @param {{ width: number, height: number, data: Uint8ClampedArray }} image
 * @returns {Mask | null}
 */
export function strokesOf(image) {
  const mask = alphaOrDarkParts(image)
  let [left, top, right, bottom] = [image.width, image.height, -1, -1]
  for (let y = 0; y < image.height; y += 1) {
    for (let x = 0; x < image.width; x += 1) {
      if (mask[y * image.width + x] <= 16) continue
      ;[left, right] = [Math.min(left, x), Math.max(right, x)]
      ;[top, bottom] = [Math.min(top, y), Math.max(bottom, y)]
    }
  }
  if (right < 0) return null
  const [width, height] = [right - left + 1, bottom - top + 1]
  const data = new Uint8ClampedArray(width * height)
  for (let y = 0; y < height; y += 1) {
    data.set(mask.subarray((y + top) * image.width + left, (y + top) * image.width + right + 1), y * width)
  }
  return { width, height, data }
}

/** How large the strokes stand on a picture. @param {Mask} strokes @param {number} short its shorter side */
export function fittedSize(strokes, short) {
  const scale = Math.min((WIDTH * short) / strokes.width, (HEIGHT * short) / strokes.height)
  return {
    width: Math.max(1, Math.round(strokes.width * scale)),
    height: Math.max(1, Math.round(strokes.height * scale)),
  }
}

/** @param {Mask} mask @param {number} radius */
function spread({ width, height, data }, radius) {
  const pass = (source, along, across, step, stride) => {
    const out = new Uint8ClampedArray(source.length)
    for (let line = 0; line < across; line += 1) {
      for (let at = 0; at < along; at += 1) {
        let most = 0
        for (let k = Math.max(0, at - radius); k <= Math.min(along - 1, at + radius); k += 1) {
          most = Math.max(most, source[line * stride + k * step])
        }
        out[line * stride + at * step] = most
      }
    }
    return out
  }
  return { width, height, data: pass(pass(data, width, height, 1, width), height, width, width, 1) }
}

/** @param {Mask} mask @param {number} sigma */
function blur({ width, height, data }, sigma) {
  const reach = Math.ceil(sigma * 3)
  const kernel = Array.from({ length: reach * 2 + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)))
  const sum = kernel.reduce((total, one) => total + one, 0)
  const pass = (source, along, across, step, stride) => {
    const out = new Float64Array(source.length)
    for (let line = 0; line < across; line += 1) {
      for (let at = 0; at < along; at += 1) {
        let value = 0
        for (let k = -reach; k <= reach; k += 1) {
          const there = Math.min(along - 1, Math.max(0, at + k))
          value += (source[line * stride + there * step] * kernel[k + reach]) / sum
        }
        out[line * stride + at * step] = value
      }
    }
    return out
  }
  const smooth = pass(pass(data, width, height, 1, width), height, width, width, 1)
  return { width, height, data: Uint8ClampedArray.from(smooth) }
}

/** @param {number} value */
const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

/** @param {Uint8ClampedArray} picture RGBA @param {Mask} mask */
function meanLuminance(picture, mask) {
  let [sum, weight] = [0, 0]
  for (let i = 0; i < mask.data.length; i += 1) {
    const share = mask.data[i] / 255
    if (!share) continue
    const [r, g, b] = [0, 1, 2].map((channel) => linear(picture[i * 4 + channel] / 255))
    sum += share * (0.2126 * r + 0.7152 * g + 0.0722 * b)
    weight += share
  }
  return sum / Math.max(weight, 1e-9)
}

/** @param {Uint8ClampedArray} picture @param {Mask} mask @param {number[]} colour @param {number} opacity */
function paint(picture, mask, colour, opacity) {
  for (let i = 0; i < mask.data.length; i += 1) {
    const share = Math.trunc(mask.data[i] * opacity) / 255
    if (!share) continue
    for (let channel = 0; channel < 3; channel += 1) {
      const at = i * 4 + channel
      picture[at] = picture[at] * (1 - share) + colour[channel] * share
    }
  }
}

/**
 * Signs a picture in place; `fitted` are the strokes at `fittedSize`.
 * @param {{ width: number, height: number, data: Uint8ClampedArray }} picture RGBA
 * @param {Mask} fitted
 */
export function stamp(picture, fitted) {
  const short = Math.min(picture.width, picture.height)
  const left = picture.width - Math.round(MARGIN * short) - fitted.width
  const top = picture.height - Math.round(MARGIN * short) - fitted.height
  const ink = { width: picture.width, height: picture.height, data: new Uint8ClampedArray(picture.width * picture.height) }
  for (let y = 0; y < fitted.height; y += 1) {
    for (let x = 0; x < fitted.width; x += 1) {
      const value = 255 * (fitted.data[y * fitted.width + x] / 255) ** STROKE_GAMMA
      ink.data[(top + y) * picture.width + left + x] = Math.round(value)
    }
  }
  const halo = blur(spread(ink, Math.max(1, Math.round(HALO_SPREAD * short))), Math.max(0.6, HALO_BLUR * short))
  const onLight = meanLuminance(picture.data, halo) > LIGHT_GROUND
  paint(picture.data, halo, onLight ? LIGHT : DARK, HALO_OPACITY)
  paint(picture.data, ink, onLight ? DARK : LIGHT, INK_OPACITY)
  return { left, top, onLight }
}
