import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

const UNITS = /** @type {const} */ ([
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
])

/** Numbers, money and times as the reader's language writes them. */
export function useFormat() {
  const { t, locale } = useI18n()
  const numbers = computed(() => new Intl.NumberFormat(locale.value))
  const dates = computed(() => new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium' }))
  const moments = computed(
    () => new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'short' }),
  )
  const distances = computed(() => new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' }))

  const number = (/** @type {number} */ value) => numbers.value.format(value)

  return {
    number,
    tokens: (/** @type {number} */ count) => t('common.tokens', { count: number(count) }, count),
    images: (/** @type {number} */ count) => t('common.images', { count: number(count) }, count),
    money: (/** @type {number} */ amount, currency = 'KRW') =>
      new Intl.NumberFormat(locale.value, { style: 'currency', currency }).format(amount),
    date: (/** @type {string} */ at) => dates.value.format(new Date(at)),
    moment: (/** @type {string} */ at) => moments.value.format(new Date(at)),
    ago(/** @type {string} */ at) {
      const seconds = (Date.parse(at) - Date.now()) / 1000
      const [unit, size] = UNITS.find(([, one]) => Math.abs(seconds) >= one) ?? [null, 1]
      return unit ? distances.value.format(Math.round(seconds / size), unit) : t('common.now')
    },
    duration(/** @type {number} */ seconds) {
      if (seconds < 90) return t('common.seconds', { count: number(Math.max(1, Math.round(seconds))) })
      if (seconds < 5400) return t('common.minutes', { count: number(Math.round(seconds / 60)) })
      return t('common.hours', { count: number(Math.round(seconds / 360) / 10) })
    },
  }
}
