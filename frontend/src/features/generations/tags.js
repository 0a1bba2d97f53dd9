// What the API takes (chalicelib.tags): letters, digits, spaces, hyphens and apostrophes.
const ENGLISH = /^[a-z0-9 '’-]+$/i

/** Tags of what was typed, without empty and double ones. @param {string} text */
export function tagsOf(text) {
  const tags = text.split(/[,\n]/).map((one) => one.trim().replace(/\s+/g, ' ').toLowerCase())
  return [...new Set(tags.filter(Boolean))]
}

/** @param {string} tag */
export const isEnglish = (tag) => ENGLISH.test(tag)
