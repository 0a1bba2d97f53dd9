import { defineStore } from 'pinia'
import { reactive, ref, shallowRef, watchEffect } from 'vue'
import { START_LOCATION } from 'vue-router'
import { loadViewer } from '@/features/generations/viewer/load'

/**
 * What lies on what: the page that is shown, and an image that may lie over it under an address of
 * its own. Of these two the router knows the upper one only.
 */
export const useLayers = defineStore('layers', () => {
  const shown = shallowRef(START_LOCATION)
  const viewing = ref(/** @type {string | null} */ (null))
  /** The component that shows it, once its code is here. */
  const dialog = shallowRef(/** @type {any} */ (null))
  /** The grid of images on the page that is shown. */
  const grid = shallowRef(/** @type {{ list: any, boxOf: (id: string) => any } | null} */ (null))
  const titles = reactive({ page: 'Style License', image: '' })
  /** Whether the last step left the page where it was. */
  const stayed = ref(false)
  // Only a page met since the last reload can be laid under an image: that it may be seen and that
  // its code is here is certain of no other.
  const met = new Map()
  /** @type {string | null} */
  let wanted = null
  let position = 0

  // At once, because what is read aloud after a step is the title.
  watchEffect(() => (document.title = titles.image || titles.page), { flush: 'sync' })

  /** @param {import('vue-router').RouteLocationNormalizedLoaded} to @param {any} state of the history */
  function follow(to, state) {
    const under = to.name === 'image' ? met.get(state.background) : undefined
    const page = under ?? to
    const wentBack = state.position < position
    const before = wanted
    met.set(page.fullPath, page)
    position = state.position
    wanted = under ? String(to.params.id) : null
    stayed.value = page.fullPath === shown.value.fullPath && Boolean(wanted || (before && wentBack))
    // Led to where one is already, by a link in the image: the page stays, seen from its top.
    if (page.fullPath !== shown.value.fullPath) shown.value = page
    if (stayed.value ? before && wanted : !wanted) viewing.value = wanted
    else lay(to, stayed.value)
  }

  /** @param {import('vue-router').RouteLocationNormalizedLoaded} to @param {boolean} hasCard to grow from, or back into */
  async function lay(to, hasCard) {
    const mine = wanted
    const change = () => (viewing.value = wanted)
    try {
      const { ImageDialog, morph } = await loadViewer()
      dialog.value = ImageDialog
      if (mine !== wanted) return
      if (hasCard) morph(mine ?? viewing.value ?? '', change)
      else change()
    } catch {
      // The image's own page needs nothing more from the network.
      shown.value = to
    }
  }

  return { shown, viewing, dialog, grid, titles, stayed, follow }
})
