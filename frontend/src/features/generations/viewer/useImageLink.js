import { useRoute } from 'vue-router'

/** Where an image opened from this page is found: its own address, with this page to lie over. */
export function useImageLink() {
  const route = useRoute()
  return (/** @type {string} */ id) => ({ name: 'image', params: { id }, state: { background: route.fullPath } })
}
