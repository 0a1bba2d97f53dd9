export const SCALE_MAX = 6

const within = (value, most) => Math.min(most, Math.max(-most, value))

/**
 * A view of a picture after a step nearer or away; no side of it is drawn further in than the frame's.
 * @param {{ scale: number, x: number, y: number }} view where the picture's middle is, seen from the frame's
 * @param {{ width: number, height: number, pictureWidth: number, pictureHeight: number }} size unscaled
 * @param {{ factor: number, at: { x: number, y: number }, move: { x: number, y: number } }} step `at` stays where it is
 */
export function zoomed(view, size, { factor, at, move }) {
  const wanted = Math.min(SCALE_MAX, view.scale * factor)
  const scale = wanted < 1.02 ? 1 : wanted
  const grown = scale / view.scale
  const room = (picture, frame) => Math.max(0, (picture * scale - frame) / 2)
  return {
    scale,
    x: within(at.x - (at.x - view.x) * grown + move.x, room(size.pictureWidth, size.width)),
    y: within(at.y - (at.y - view.y) * grown + move.y, room(size.pictureHeight, size.height)),
  }
}
