import { ref, shallowRef, watch } from 'vue'

const KEPT_AS = 'single-keys'

export const isSheetOpen = shallowRef(false)

/** Whether keys of a single character do something; speech input and trembling hands want them off. */
export const areSingleKeysOn = ref(kept() !== 'off')

watch(areSingleKeysOn, (on) => {
  try {
    if (on) localStorage.removeItem(KEPT_AS)
    else localStorage.setItem(KEPT_AS, 'off')
  } catch {
    // Not kept, but heeded until the page closes.
  }
})

function kept() {
  try {
    return localStorage.getItem(KEPT_AS)
  } catch {
    return null
  }
}
