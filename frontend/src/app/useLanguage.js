import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'

/** The other language, and this page in it. */
export function useLanguage() {
  const { locale } = useI18n()
  const route = useRoute()
  const other = computed(() => (locale.value === 'ko' ? 'en' : 'ko'))
  const inOther = computed(() => route.fullPath.replace(/^\/(en|ko)/, `/${other.value}`))
  return { other, inOther }
}
