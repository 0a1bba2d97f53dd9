import { nextTick } from 'vue'

const NAME = 'opened-image'
const PATIENCE_MS = 150
let isShownByBrowser = false

// A swipe back has its own picture of going back; ours on top of it would be a second one.
addEventListener('popstate', (event) => (isShownByBrowser = Boolean(/** @type {any} */ (event).hasUAVisualTransition)), true)

/** The image as it can be seen now: in the dialog, else as the card that it was opened from. @param {string} id */
export function placeOf(id) {
  const opened = document.querySelector('dialog[data-viewer] [data-picture]')
  return /** @type {HTMLElement | null} */ (opened ?? document.querySelector(`[role=feed] a[href$="/images/${CSS.escape(id)}"]`))
}

/** @param {HTMLElement | null} place @param {string} name */
const call = (place, name) => place?.style.setProperty('view-transition-name', name)

/** What was decoded for the card is soon decoded here; half a picture would flash. */
function drawn(place) {
  const image = place?.querySelector('img[fetchpriority]') ?? place?.querySelector('img')
  return Promise.race([image?.decode?.().catch(() => {}), new Promise((done) => setTimeout(done, PATIENCE_MS))])
}

/**
 * Changes the page with the image growing from its place before into its place after.
 * @param {string} id
 * @param {() => void} change
 */
export async function morph(id, change) {
  const isPlain = isShownByBrowser || !document.startViewTransition || matchMedia('(prefers-reduced-motion: reduce)').matches
  isShownByBrowser = false
  if (isPlain) return change()
  const before = placeOf(id)
  let after = /** @type {HTMLElement | null} */ (null)
  call(before, NAME)
  const transition = document.startViewTransition(async () => {
    call(before, '')
    change()
    await nextTick()
    after = placeOf(id)
    await drawn(after)
    call(after, NAME)
  })
  await transition.finished.catch(() => {})
  call(after, '')
}
