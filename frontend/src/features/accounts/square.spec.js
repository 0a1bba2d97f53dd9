import { expect, test } from 'vitest'
import { squareOf } from './square'

const wide = { width: 2000, height: 1000 }
// In a frame of 320 a wide picture stands 640 wide.
const shown = { frame: 320, width: 640 }

test.each([
  ['its middle, at a distance', { scale: 1, x: 0, y: 0 }, { left: 500, top: 0, side: 1000 }],
  ['its left end, moved all the way right', { scale: 1, x: 160, y: 0 }, { left: 0, top: 0, side: 1000 }],
  ['a quarter of it, twice as near', { scale: 2, x: 0, y: 0 }, { left: 750, top: 250, side: 500 }],
  ['a corner, twice as near', { scale: 2, x: -480, y: -160 }, { left: 1500, top: 500, side: 500 }],
])('the square that is shown of a picture is %s', (_, view, square) => {
  expect(squareOf(view, shown, wide)).toEqual(square)
})

test('rounding on the screen never reaches over an edge', () => {
  const { left, top, side } = squareOf({ scale: 1, x: 160.4, y: 0 }, { frame: 321, width: 640 }, wide)
  expect([left, top, side]).toEqual([0, 0, 1000])
})
