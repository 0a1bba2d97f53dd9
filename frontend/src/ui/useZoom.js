import { computed, reactive, ref } from 'vue'
import { zoomed } from './zoom'

const SWIPE_PX = 56
const STILL_PX = 8
const DOUBLE_MS = 320
const DOUBLE_SCALE = 2.5
const LINE_PX = 16

/**
 * A picture that can be drawn nearer and moved about in its frame, with mouse, touch or pen.
 * @param {import('vue').Ref<HTMLElement | null>} frame
 * @param {{ wheel: () => boolean, swipe: (step: -1 | 1) => void, canSwipe: () => boolean, overflows?: boolean }} told
 *   `wheel`: whether turning the wheel draws nearer, where a page would scroll; `overflows`: the
 *   picture is larger than its frame even at a distance
 */
export function useZoom(frame, { wheel, swipe, canSwipe, overflows = false }) {
  const view = reactive({ scale: 1, x: 0, y: 0 })
  const slide = ref(0)
  const isHeld = ref(false)
  const isZoomed = computed(() => view.scale > 1)
  const canPan = computed(() => isZoomed.value || overflows)
  /** @type {Map<number, { x: number, y: number }>} */
  const fingers = new Map()
  let travelled = 0
  let lastTap = { at: 0, x: 0, y: 0 }

  /** @param {{ clientX: number, clientY: number }} event seen from the frame's middle */
  function pointOf({ clientX, clientY }) {
    const box = /** @type {HTMLElement} */ (frame.value).getBoundingClientRect()
    return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 }
  }

  function size() {
    const { clientWidth: width, clientHeight: height } = /** @type {HTMLElement} */ (frame.value)
    const picture = /** @type {HTMLElement | null} */ (frame.value?.querySelector('[data-picture]'))
    return { width, height, pictureWidth: picture?.offsetWidth ?? width, pictureHeight: picture?.offsetHeight ?? height }
  }

  const zoomBy = (factor, at = { x: 0, y: 0 }, move = { x: 0, y: 0 }) => Object.assign(view, zoomed(view, size(), { factor, at, move }))
  const reset = () => Object.assign(view, { scale: 1, x: 0, y: 0 })

  /** @returns {boolean} whether there was anything to move */
  function panBy(x, y) {
    if (canPan.value) zoomBy(1, undefined, { x, y })
    return canPan.value
  }

  /** @param {PointerEvent} event */
  function down(event) {
    if (event.button > 0) return
    if (!fingers.size) travelled = 0
    fingers.set(event.pointerId, pointOf(event))
  }

  /** @param {PointerEvent} event */
  function move(event) {
    const before = fingers.get(event.pointerId)
    if (!before) return
    const now = pointOf(event)
    const [x, y] = [now.x - before.x, now.y - before.y]
    travelled += Math.hypot(x, y)
    if (travelled < STILL_PX) return
    isHeld.value = true
    // Only now, so that a click stays a click for whatever lies here.
    frame.value?.setPointerCapture?.(event.pointerId)
    if (fingers.size > 1) pinch(event.pointerId, before, now)
    else if (canPan.value) panBy(x, y)
    else if (event.pointerType !== 'mouse' && canSwipe()) slide.value += x
    fingers.set(event.pointerId, now)
  }

  function pinch(id, before, now) {
    const [, other] = [...fingers].find(([one]) => one !== id) ?? []
    if (!other) return
    const far = ({ x, y }) => Math.max(1, Math.hypot(x - other.x, y - other.y))
    const at = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
    slide.value = 0
    zoomBy(far(now) / far(before), at, { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 })
  }

  /** @param {PointerEvent} event */
  function up(event) {
    if (!fingers.delete(event.pointerId) || fingers.size) return
    const went = slide.value
    ;[isHeld.value, slide.value] = [false, 0]
    if (event.type === 'pointercancel') return
    if (Math.abs(went) > SWIPE_PX) swipe(went > 0 ? -1 : 1)
    else if (travelled < STILL_PX) tap(event)
  }

  // Counted here, because not every touch screen tells of double clicks.
  function tap(event) {
    const at = pointOf(event)
    const isSecond = event.timeStamp - lastTap.at < DOUBLE_MS && Math.hypot(at.x - lastTap.x, at.y - lastTap.y) < 30
    lastTap = isSecond ? { at: 0, x: 0, y: 0 } : { at: event.timeStamp, ...at }
    if (!isSecond) return
    if (isZoomed.value) reset()
    else zoomBy(DOUBLE_SCALE, at)
  }

  /** @param {WheelEvent} event */
  function turn(event) {
    if (!wheel() && !event.ctrlKey && !isZoomed.value) return
    event.preventDefault()
    const px = event.deltaY * (event.deltaMode ? LINE_PX : 1)
    // Trackpads tell of a pinch as small turns with Ctrl held.
    zoomBy(Math.exp(-px * (event.ctrlKey ? 0.01 : 0.002)), pointOf(event))
  }

  const style = computed(() => ({
    transform: `translate(${view.x + slide.value}px, ${view.y}px) scale(${view.scale})`,
  }))
  const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, wheel: turn }

  return { view, style, isHeld, isZoomed, zoomBy, panBy, reset, listeners }
}
