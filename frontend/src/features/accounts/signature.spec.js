import { describe, expect, test } from 'vitest'
import golden from './signature.golden.json'
import { fittedSize, stamp, strokesOf } from './signature'

const bytes = (/** @type {string} */ text) => Uint8ClampedArray.from(atob(text), (letter) => letter.charCodeAt(0))
const { side, corner, strokes } = golden

/** @param {number} width @param {number} height @param {(i: number) => number[]} pixel */
function image(width, height, pixel) {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i += 1) data.set(pixel(i), i * 4)
  return { width, height, data }
}

const alpha = bytes(strokes.alpha)
const signature = image(strokes.width, strokes.height, (i) => [0, 0, 0, alpha[i]])

describe.each(Object.entries(golden.pictures))('on a %s ground', (_, told) => {
  const picture = image(side, side, () => [...told.colour, 255])
  const mask = /** @type {import('./signature').Mask} */ (strokesOf(signature))
  const { left, top } = stamp(picture, mask)

  test('stands where the server puts it', () => {
    expect(fittedSize(mask, side)).toEqual({ width: strokes.width, height: strokes.height })
    expect([left, top]).toEqual(told.box.slice(0, 2))
  })

  test('looks as the server paints it', () => {
    const expected = bytes(told.rgb)
    let [sum, most] = [0, 0]
    for (let y = 0; y < corner; y += 1) {
      for (let x = 0; x < corner; x += 1) {
        for (let channel = 0; channel < 3; channel += 1) {
          const ours = picture.data[((side - corner + y) * side + side - corner + x) * 4 + channel]
          const off = Math.abs(ours - expected[(y * corner + x) * 3 + channel])
          sum += off
          most = Math.max(most, off)
        }
      }
    }
    // Pillow blurs by boxes, we by the curve itself: a shade at the halo's rim, no more.
    expect(sum / (corner * corner * 3)).toBeLessThan(1)
    expect(most).toBeLessThan(24)
  })
})

test('on white paper the dark parts are the strokes', () => {
  const scan = image(30, 30, (i) => (i % 30 > 9 && i % 30 < 20 && i > 300 && i < 600 ? [20, 20, 20, 255] : [250, 250, 250, 255]))
  const mask = /** @type {import('./signature').Mask} */ (strokesOf(scan))
  expect([mask.width, mask.height]).toEqual([10, 10])
  expect(mask.data[0]).toBe(235)
})

test('an empty picture has no strokes', () => {
  expect(strokesOf(image(8, 8, () => [0, 0, 0, 0]))).toBeNull()
})
