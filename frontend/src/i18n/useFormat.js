import { useI18n } from 'vue-i18n'

/** Dates and numbers as the language writes them; money always with its word. */
export function useFormat() {
  const { locale, t } = useI18n()
  return {
    /** @param {number} count */
    tokens: (count) => t('app.tokens', { count: new Intl.NumberFormat(locale.value).format(count) }, count),
    /** @param {string} time ISO 8601 */
    day: (time) => new Intl.DateTimeFormat(locale.value, { dateStyle: 'long' }).format(new Date(time)),
  }
}
