import { onScopeDispose, ref, watch } from 'vue'

// By then the page has what it needs to be read.
const PAUSE_MS = 1500

/**
 * Where to show a picture from: its preview at once, the whole of it when that has come.
 * @param {() => import('./sources').Sized & { id: string }} image
 * @returns {import('vue').Ref<string | null>}
 */
export function useSharp(image) {
  const src = ref(/** @type {string | null} */ (null))
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer

  async function sharpen(/** @type {string} */ id, /** @type {string} */ full) {
    const picture = new Image()
    picture.src = full
    await picture.decode()
    if (image().id === id) src.value = full
  }

  watch(
    () => [image().id, Boolean(image().image_url)],
    () => {
      const { id, image_url: full, preview_url: preview } = image()
      clearTimeout(timer)
      src.value = preview ?? full
      if (preview && full) timer = setTimeout(() => sharpen(id, full).catch(() => {}), PAUSE_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  return src
}
