import { getCurrentScope, onScopeDispose, ref, shallowRef, watch } from 'vue'

/**
 * Something loaded from the API: what it is, and how far that has come.
 *
 * Loads at once and whenever `key` changes; an answer that was overtaken is dropped.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {() => unknown} [key]
 */
export function useResource(load, key = () => null) {
  const state = ref(/** @type {'loading' | 'done' | 'error'} */ ('loading'))
  const data = shallowRef(/** @type {T | null} */ (null))
  const error = shallowRef(/** @type {any} */ (null))
  /** @type {AbortController | null} */
  let running = null

  async function reload({ keep = false } = {}) {
    running?.abort()
    const mine = (running = new AbortController())
    if (!keep) [state.value, data.value] = ['loading', null]
    try {
      const loaded = await load(mine.signal)
      if (mine.signal.aborted) return
      ;[data.value, error.value, state.value] = [loaded, null, 'done']
    } catch (cause) {
      if (mine.signal.aborted || (keep && state.value === 'done')) return
      ;[error.value, state.value] = [cause, 'error']
    }
  }

  watch(key, () => reload(), { immediate: true })
  if (getCurrentScope()) onScopeDispose(() => running?.abort())

  return { state, data, error, reload }
}
