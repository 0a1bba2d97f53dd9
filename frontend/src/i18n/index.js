import { createI18n } from 'vue-i18n'

/** @typedef {'en' | 'ko'} Language */

/** @type {Language[]} */
export const LANGUAGES = ['en', 'ko']
const KEPT_AS = 'language'

const catalogues = { en: () => import('./locales/en'), ko: () => import('./locales/ko') }

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: false, messages: {} })

/** @returns {Language} */
export const currentLanguage = () => /** @type {Language} */ (i18n.global.locale.value)

/**
 * Speak a language from here on, its catalogue fetched first.
 * @param {Language} language
 */
export async function speak(language) {
  if (!i18n.global.availableLocales.includes(language)) {
    const { default: messages } = await catalogues[language]()
    i18n.global.setLocaleMessage(language, messages)
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language
  keep(language)
}

/** What somebody chose before, else what their browser asks for. @returns {Language} */
export function preferredLanguage() {
  const wanted = [kept(), ...navigator.languages].map((one) => one?.slice(0, 2))
  return LANGUAGES.find((one) => one === wanted.find((two) => LANGUAGES.includes(/** @type {any} */ (two)))) ?? 'en'
}

function kept() {
  try {
    return localStorage.getItem(KEPT_AS)
  } catch {
    return null
  }
}

function keep(language) {
  try {
    localStorage.setItem(KEPT_AS, language)
  } catch {
    // Private windows may refuse; the address still carries the language.
  }
}
