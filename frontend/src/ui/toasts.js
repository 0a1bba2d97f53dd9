import { defineStore } from 'pinia'
import { ref } from 'vue'

const SECONDS = { done: 5, wrong: 10 }

/**
 * @typedef {object} Toast
 * @property {number} id
 * @property {'done' | 'wrong'} tone
 * @property {string} text
 * @property {string | null} [note]
 * @property {{ label: string, run: () => void }} [action]
 */

/** What is said in passing, at the foot of the page. */
export const useToasts = defineStore('toasts', () => {
  const toasts = ref(/** @type {Toast[]} */ ([]))
  const timers = new Map()
  let last = 0

  /**
   * @param {Toast['tone']} tone
   * @param {string} text
   * @param {Partial<Toast>} [more]
   */
  function say(tone, text, more = {}) {
    const same = toasts.value.find((one) => one.text === text)
    if (same) drop(same.id)
    const id = (last += 1)
    toasts.value = [...toasts.value, { id, tone, text, ...more }].slice(-3)
    resume(id)
    return id
  }

  function drop(id) {
    pause(id)
    toasts.value = toasts.value.filter((one) => one.id !== id)
  }

  /** Nobody loses a message that they are reading. */
  function pause(id) {
    clearTimeout(timers.get(id))
    timers.delete(id)
  }

  function resume(id) {
    const toast = toasts.value.find((one) => one.id === id)
    if (toast) timers.set(id, setTimeout(() => drop(id), SECONDS[toast.tone] * 1000))
  }

  return {
    toasts,
    drop,
    pause,
    resume,
    done: (text, more) => say('done', text, more),
    wrong: (text, more) => say('wrong', text, more),
  }
})
