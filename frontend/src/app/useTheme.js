import { ref } from 'vue'

const isDark = ref(document.documentElement.classList.contains('dark'))

/** Light or dark; public/theme.js chose before the first paint. */
export function useTheme() {
  function toggle() {
    isDark.value = !isDark.value
    document.documentElement.classList.toggle('dark', isDark.value)
    localStorage.setItem('theme', isDark.value ? 'dark' : 'light')
  }
  return { isDark, toggle }
}
