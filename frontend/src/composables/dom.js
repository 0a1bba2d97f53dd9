import { onMounted, onUnmounted, ref } from 'vue'

// The few of these that the first page needs; @vueuse/core would bring 2 kB for them.

/**
 * Listens while the component is there.
 * @param {EventTarget} target
 * @param {string[]} events
 * @param {(event: any) => void} listener
 */
export function useListener(target, events, listener) {
  onMounted(() => events.forEach((event) => target.addEventListener(event, listener, { passive: true })))
  onUnmounted(() => events.forEach((event) => target.removeEventListener(event, listener)))
}

/** Whether the browser thinks that it has a network. */
export function useOnline() {
  const isOnline = ref(navigator.onLine)
  useListener(window, ['online', 'offline'], () => (isOnline.value = navigator.onLine))
  return isOnline
}

/**
 * Watches an element from mount to unmount.
 * @param {import('vue').Ref<Element | null>} element
 * @param {(element: Element) => { disconnect: () => void }} observe
 */
export function useObserver(element, observe) {
  /** @type {{ disconnect: () => void } | null} */
  let observer = null
  onMounted(() => (observer = element.value && observe(element.value)))
  onUnmounted(() => observer?.disconnect())
}
