import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../src/i18n/locales/', import.meta.url)

/** Every text of a language by its key. @param {string} lang @returns {Map<string, string>} */
export function catalogue(lang) {
  const texts = new Map()
  const files = readdirSync(new URL(`${lang}/`, FOLDER)).filter((name) => name.endsWith('.json'))
  for (const file of files) gather(JSON.parse(readFileSync(new URL(`${lang}/${file}`, FOLDER), 'utf8')), '', texts)
  return texts
}

/** What a page says for a key; a pattern where the text has places for values. @param {string} lang */
export function speaker(lang) {
  const texts = catalogue(lang)
  return (/** @type {string} */ key) => {
    const text = texts.get(key)
    if (text === undefined) throw new Error(`no text ${key} in ${lang}`)
    return /[{|]/.test(text) ? pattern(text) : text
  }
}

/** English sentences found on a page that should hold none. @param {string} shown */
export function foreignTo(shown, lang = 'ko') {
  const own = new Set(catalogue(lang).values())
  const pieces = [...catalogue('en').values()]
    .filter((text) => !own.has(text))
    .flatMap((text) => text.split(/\{\w+\}|\|/))
    .map((piece) => piece.trim())
  return pieces.filter((piece) => /\w+ \w+/.test(piece) && piece.length > 7 && shown.includes(piece))
}

/** @param {object} node @param {string} path @param {Map<string, string>} texts */
function gather(node, path, texts) {
  for (const [name, value] of Object.entries(node)) {
    const key = path ? `${path}.${name}` : name
    if (typeof value === 'string') texts.set(key, value)
    else gather(value, key, texts)
  }
}

/** @param {string} text */
function pattern(text) {
  const escaped = text.replace(/[.*+?^$()[\]\\]/g, '\\$&')
  return new RegExp(escaped.split(/ ?\| ?/).map((form) => form.replace(/\{\w+\}/g, '.+?')).join('|'))
}
