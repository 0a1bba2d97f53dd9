/**
 * The square of a picture that a frame shows of it, in the picture's own pixels.
 * @param {{ scale: number, x: number, y: number }} view where the picture's middle is, seen from the frame's
 * @param {{ frame: number, width: number }} shown the frame's side and the picture's width on the screen, unscaled
 * @param {{ width: number, height: number }} natural
 */
export function squareOf(view, shown, natural) {
  const pixel = natural.width / (shown.width * view.scale)
  const side = Math.min(shown.frame * pixel, natural.width, natural.height)
  const within = (/** @type {number} */ start, /** @type {number} */ whole) => Math.min(whole - side, Math.max(0, start))
  return {
    left: within(natural.width / 2 - view.x * pixel - side / 2, natural.width),
    top: within(natural.height / 2 - view.y * pixel - side / 2, natural.height),
    side,
  }
}
