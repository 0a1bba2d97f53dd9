import { onMounted, onUnmounted } from 'vue'

/**
 * What an action does; `false` for nothing, so that the key goes on to who else wants it.
 * @typedef {(key: string) => unknown} Action
 */

/** @type {{ [name: string]: Action }[]} */
const known = []

/** Actions that there are while this component is there; of two the younger is meant. @param {{ [name: string]: Action }} actions */
export function useActions(actions) {
  onMounted(() => known.push(actions))
  onUnmounted(() => known.splice(known.indexOf(actions), 1))
}

/** @param {string} name @param {string} key @returns {boolean} whether something came of it */
export function act(name, key) {
  const actions = known.findLast((one) => one[name])
  return Boolean(actions) && actions?.[name](key) !== false
}
