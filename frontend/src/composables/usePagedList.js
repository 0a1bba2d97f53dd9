import { computed, ref, shallowRef } from 'vue'

/**
 * A list that the API gives page by page.
 *
 * Items are kept once each, however often they come; `item` objects are replaced, never changed.
 * @template {{ id: string }} T
 * @param {(cursor: string | null) => Promise<{ results: T[], next_cursor: string | null }>} load
 */
export function usePagedList(load) {
  const items = shallowRef(/** @type {T[]} */ ([]))
  const state = ref(/** @type {'idle' | 'loading' | 'done' | 'error'} */ ('idle'))
  const error = shallowRef(/** @type {any} */ (null))
  /** @type {string | null} */
  let cursor = null
  let generation = 0

  async function more() {
    if (state.value === 'loading' || state.value === 'done') return
    const mine = generation
    state.value = 'loading'
    try {
      const page = await load(cursor)
      if (mine !== generation) return
      const known = new Set(items.value.map(({ id }) => id))
      items.value = [...items.value, ...page.results.filter(({ id }) => !known.has(id))]
      cursor = page.next_cursor
      ;[state.value, error.value] = [cursor ? 'idle' : 'done', null]
    } catch (cause) {
      if (mine !== generation) return
      ;[state.value, error.value] = ['error', cause]
    }
  }

  function reset() {
    generation += 1
    cursor = null
    ;[items.value, state.value, error.value] = [[], 'idle', null]
  }

  return {
    items,
    state,
    error,
    isEmpty: computed(() => state.value === 'done' && items.value.length === 0),
    more,
    reset,
    restart() {
      reset()
      return more()
    },
    /** @param {string} id @param {Partial<T>} change */
    patch(id, change) {
      items.value = items.value.map((one) => (one.id === id ? { ...one, ...change } : one))
    },
    /** @param {string} id */
    remove(id) {
      items.value = items.value.filter((one) => one.id !== id)
    },
    /** @param {T} item */
    prepend(item) {
      items.value = [item, ...items.value.filter(({ id }) => id !== item.id)]
    },
  }
}
