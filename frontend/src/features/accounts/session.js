import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { csrfToken } from '@/api/client'
import { getMe, signOut } from './api'

/** @typedef {import('zod/mini').infer<typeof import('@/api/schemas/accounts').Me>} Me */

/** Who is here. */
export const useSession = defineStore('session', () => {
  const me = shallowRef(/** @type {Me | null} */ (null))
  const isExpired = ref(false)
  /** @type {Promise<void> | null} */
  let loading = null

  const isSignedIn = computed(() => me.value !== null)
  const isArtist = computed(() => me.value?.artist != null)
  const isOperator = computed(() => me.value?.is_operator === true)

  /** Known after this; asks once, and not at all where no session can be. */
  function ready() {
    return (loading ??= csrfToken() ? reload() : Promise.resolve())
  }

  async function reload() {
    try {
      me.value = await getMe()
      isExpired.value = false
    } catch (error) {
      if (error?.code !== 'UNAUTHORIZED') {
        loading = null
        if (!me.value) throw error
      }
    }
  }

  /** @param {Partial<Me>} change */
  function patch(change) {
    if (me.value) me.value = { ...me.value, ...change }
  }

  return {
    me,
    isExpired,
    isSignedIn,
    isArtist,
    isOperator,
    ready,
    reload,
    patch,
    /** The balance as the server last told it. @param {number} balance */
    setBalance: (balance) => patch({ token_balance: balance }),
    expire: () => (isExpired.value = true),
    forget() {
      me.value = null
      isExpired.value = false
    },
    async signOut() {
      await signOut()
      me.value = null
    },
  }
})

/** Where signing in begins. @param {string} next a path of ours to come back to */
export const signInAddress = (next) => `/api/auth/google/login?${new URLSearchParams({ next })}`
