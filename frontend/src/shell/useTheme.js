import { ref, watch } from 'vue'

const KEPT_AS = 'theme'

/** `system`, `light` or `dark`; boot.js paints the kept one before anything else runs. */
export function useTheme() {
  const theme = ref(document.documentElement.dataset.theme ?? 'system')
  watch(theme, (chosen) => {
    if (chosen === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    try {
      if (chosen === 'system') localStorage.removeItem(KEPT_AS)
      else localStorage.setItem(KEPT_AS, chosen)
    } catch {
      // Not kept, but worn until the page closes.
    }
  })
  return theme
}
