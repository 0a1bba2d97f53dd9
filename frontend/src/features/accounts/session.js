import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { fetchMe, signOut as end } from '@/api/endpoints.js'
import { ApiError } from '@/api/errors.js'

/** Who is signed in, if anybody. */
export const useSession = defineStore('session', () => {
  const me = ref(/** @type {import('@/api/endpoints.js').Me | null} */ (null))
  const isKnown = ref(false)
  /** @type {Promise<void> | undefined} */
  let asking

  /** Ask once who it is; later calls wait for the same answer. */
  function know() {
    asking ??= refresh()
    return asking
  }

  async function refresh() {
    try {
      me.value = await fetchMe()
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) {
        asking = undefined
        throw error
      }
      me.value = null
    }
    isKnown.value = true
  }

  /** Leave for the provider; comes back to `next`. @param {string} next */
  function signIn(next) {
    location.assign(`/api/auth/google/login?next=${encodeURIComponent(next)}`)
  }

  async function signOut() {
    await end()
    me.value = null
  }

  return {
    me,
    isKnown,
    isArtist: computed(() => me.value?.role === 'artist'),
    isOperator: computed(() => me.value?.is_operator ?? false),
    know,
    refresh,
    signIn,
    signOut,
  }
})
