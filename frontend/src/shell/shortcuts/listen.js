import { act } from './actions'
import { SHORTCUTS } from './list'
import { areSingleKeysOn, isSheetOpen } from './sheet'

const SEQUENCE_MS = 1500
const PATIENCE_FRAMES = 120
const TYPING = 'input, textarea, select, [contenteditable]'

/** The letter on the key, for keyboards that are set to Hangul. @param {KeyboardEvent} event */
function keyOf({ key, code }) {
  return /^[^\x20-\x7e]$/.test(key) && /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : key
}

/** @param {KeyboardEvent} event */
function isForUs(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return false
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  if (/** @type {Element} */ (event.target).closest?.(TYPING)) return false
  const upmost = [...document.querySelectorAll('dialog[open]')].at(-1)
  return !upmost || upmost.matches('[data-viewer]')
}

/** @param {import('vue-router').Router} router */
async function search(router) {
  await router.push({ name: 'search' })
  for (let frame = 0; frame < PATIENCE_FRAMES; frame += 1) {
    // First, because a page that has just come takes the focus itself.
    await new Promise(requestAnimationFrame)
    const field = /** @type {HTMLElement | null} */ (document.querySelector('[role=search] input'))
    if (field) return field.focus()
  }
}

/** Hears keys from here on; gives back how to stop. @param {import('vue-router').Router} router */
export function listen(router) {
  let first = { key: '', at: -Infinity }

  const own = { help: () => (isSheetOpen.value = true), search: () => void search(router) }

  /** @param {import('./list').Shortcut} shortcut @param {string} key */
  function run({ does, to }, key) {
    if (!to && !own[does]) return act(does, key)
    if (to) router.push({ name: to })
    else own[does]()
    return true
  }

  /** @param {KeyboardEvent} event */
  function hear(event) {
    if (!isForUs(event)) return
    const key = keyOf(event)
    if (key.length === 1 && !areSingleKeysOn.value) return
    const begun = event.timeStamp - first.at < SEQUENCE_MS ? first.key : ''
    first = { key, at: event.timeStamp }
    const meant = SHORTCUTS.filter(({ press, also, sequence, native }) =>
      sequence ? press[0] === begun && press[1] === key : !native && [...press, ...(also ?? [])].includes(key),
    )
    // Held keys go on walking and zooming, but never toggle.
    if (event.repeat && meant.some(({ does }) => does === 'like')) return
    if (meant.some((shortcut) => run(shortcut, key))) event.preventDefault()
  }

  document.addEventListener('keydown', hear)
  return () => document.removeEventListener('keydown', hear)
}
