import { createI18n } from 'vue-i18n'

export const LANGUAGES = ['en', 'ko']

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: false, missingWarn: true })

const loaders = {
  en: () => import('./locales/en.json'),
  ko: () => import('./locales/ko.json'),
}

/** Speak a language from now on, its catalogue loaded. @param {string} language */
export async function speak(language) {
  const known = /** @type {'en' | 'ko'} */ (language)
  if (!i18n.global.availableLocales.includes(known) || !Object.keys(i18n.global.getLocaleMessage(known)).length) {
    i18n.global.setLocaleMessage(known, (await loaders[known]()).default)
  }
  i18n.global.locale.value = known
  document.documentElement.lang = known
  localStorage.setItem('language', known)
}

/** The language that was chosen last, else the browser's, else English. */
export function preferred() {
  const kept = localStorage.getItem('language')
  if (kept && LANGUAGES.includes(kept)) return kept
  return navigator.languages.some((one) => one.toLowerCase().startsWith('ko')) ? 'ko' : 'en'
}
