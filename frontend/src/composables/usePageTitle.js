import { watch } from 'vue'
import { useLayers } from '@/router/layers'

/** A page's name in the window's title, once it is known. @param {() => string | undefined} name */
export function usePageTitle(name) {
  const { titles } = useLayers()
  watch(name, (known) => known && (titles.page = `${known} · Style License`), { immediate: true })
}
