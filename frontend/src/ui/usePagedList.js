import { ref, shallowRef } from 'vue'

/**
 * A list that comes in pages. `state` is what to show below what is there:
 * idle, loading, failed or done.
 * @template {{id: string}} T
 * @param {(cursor: string | null, signal: AbortSignal) => Promise<{results: T[], next_cursor: string | null, has_more: boolean}>} fetchPage
 */
export function usePagedList(fetchPage) {
  const items = shallowRef(/** @type {T[]} */ ([]))
  const state = ref(/** @type {'idle' | 'loading' | 'failed' | 'done'} */ ('idle'))
  const error = shallowRef(/** @type {unknown} */ (null))
  /** @type {string | null} */
  let cursor = null
  let asking = new AbortController()

  async function more() {
    if (state.value === 'loading' || state.value === 'done') return
    const mine = asking
    state.value = 'loading'
    try {
      const page = await fetchPage(cursor, mine.signal)
      if (mine.signal.aborted) return
      const seen = new Set(items.value.map(({ id }) => id))
      items.value = [...items.value, ...page.results.filter(({ id }) => !seen.has(id))]
      cursor = page.next_cursor
      state.value = page.has_more ? 'idle' : 'done'
    } catch (failure) {
      if (mine.signal.aborted) return
      error.value = failure
      state.value = 'failed'
    }
  }

  /** Begin again from the first page. */
  function restart() {
    asking.abort()
    asking = new AbortController()
    items.value = []
    cursor = null
    state.value = 'idle'
    return more()
  }

  /** Put a changed item in the place of the one with its id. @param {T} changed */
  function replace(changed) {
    items.value = items.value.map((one) => (one.id === changed.id ? changed : one))
  }

  return { items, state, error, more, restart, replace }
}
