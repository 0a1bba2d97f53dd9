/** What a signature must be read on. */
export const GROUNDS = /** @type {const} */ (['light', 'dark', 'busy'])

const COLOURS = { light: ['#f6ecd9', '#e8c9a8'], dark: ['#1b2338', '#3a2440'], busy: ['#d9a441', '#2f5d62'] }
const DABS = 260

/**
 * A stand-in for a painting, the same every time.
 * @param {CanvasRenderingContext2D} context
 * @param {typeof GROUNDS[number]} ground
 * @param {number} side
 */
export function paintGround(context, ground, side) {
  const sky = context.createLinearGradient(0, 0, side, side)
  COLOURS[ground].forEach((colour, index) => sky.addColorStop(index, colour))
  context.fillStyle = sky
  context.fillRect(0, 0, side, side)
  if (ground !== 'busy') return
  let seed = 7
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647
  for (let dab = 0; dab < DABS; dab += 1) {
    context.fillStyle = `hsl(${Math.floor(next() * 360)} 55% ${20 + Math.floor(next() * 60)}%)`
    context.beginPath()
    context.ellipse(next() * side, next() * side, 6 + next() * 30, 3 + next() * 10, next() * 3, 0, 7)
    context.fill()
  }
}
