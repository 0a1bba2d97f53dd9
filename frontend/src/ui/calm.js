import { ref } from 'vue'

const PAINT_MS = 500
const PATIENCE_MS = 1500

/** Whether the first screen of a visit has its pictures, so that others no longer take line and processor from them. */
export const isCalm = ref(false)

const settle = () => (isCalm.value = true)
setTimeout(settle, PATIENCE_MS)

/** A picture of the first screen has come. */
export function pictureCame() {
  if (!isCalm.value && [...document.images].every(({ complete }) => complete)) setTimeout(settle, PAINT_MS)
}
