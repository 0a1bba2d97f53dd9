import { onScopeDispose, ref, shallowRef, watch } from 'vue'

/**
 * One thing by its id, asked for again when the id changes.
 * @template T
 * @param {() => string} id
 * @param {(id: string, signal: AbortSignal) => Promise<T>} fetchOne
 */
export function useLoaded(id, fetchOne) {
  const value = shallowRef(/** @type {T | null} */ (null))
  const error = shallowRef(/** @type {unknown} */ (null))
  const isLoading = ref(true)
  let asking = new AbortController()

  async function load() {
    asking.abort()
    const mine = (asking = new AbortController())
    isLoading.value = true
    error.value = null
    try {
      const found = await fetchOne(id(), mine.signal)
      if (!mine.signal.aborted) value.value = found
    } catch (failure) {
      if (!mine.signal.aborted) error.value = failure
    }
    if (!mine.signal.aborted) isLoading.value = false
  }

  watch(id, load, { immediate: true })
  onScopeDispose(() => asking.abort())
  return { value, error, isLoading, load }
}
