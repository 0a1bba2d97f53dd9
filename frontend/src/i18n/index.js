import { createI18n } from 'vue-i18n'

/** @typedef {'en' | 'ko'} Language */

/** @type {Language[]} */
export const LANGUAGES = ['en', 'ko']
const KEPT_AS = 'language'

// What visitors read, what only those read who sign in or have signed in, and what comes with an image opened.
const catalogues = {
  outside: { en: () => import('./locales/en/outside'), ko: () => import('./locales/ko/outside') },
  inside: { en: () => import('./locales/en/inside'), ko: () => import('./locales/ko/inside') },
  viewing: { en: () => import('./locales/en/viewing'), ko: () => import('./locales/ko/viewing') },
}
const loaded = new Set()
/** @type {Set<keyof typeof catalogues>} */
const wanted = new Set(['outside'])

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: false, messages: {} })

/** @returns {Language} */
export const currentLanguage = () => /** @type {Language} */ (i18n.global.locale.value)

/** @param {Language} language @param {keyof typeof catalogues} part */
async function load(language, part) {
  if (loaded.has(language + part)) return
  const { default: messages } = await catalogues[part][language]()
  i18n.global.mergeLocaleMessage(language, messages)
  loaded.add(language + part)
}

/**
 * Speak a language from here on, its catalogue fetched first.
 * @param {Language} language
 * @param {boolean} inside also what is said behind the door
 */
export async function speak(language, inside) {
  const parts = /** @type {(keyof typeof catalogues)[]} */ ([...wanted, ...(inside ? ['inside'] : [])])
  await Promise.all(parts.map((part) => load(language, part)))
  i18n.global.locale.value = language
  document.documentElement.lang = language
  keep(language)
}

/** Words that only a part of the app needs, and now does. @param {keyof typeof catalogues} part */
export function alsoSpeak(part) {
  wanted.add(part)
  return load(currentLanguage(), part)
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
