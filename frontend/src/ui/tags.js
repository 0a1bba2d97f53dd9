/** One spelling each, as the server spells them. @param {string} text */
export const normalised = (text) => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()

/** @param {string} text */
export const isEnglish = (text) => /^[\x20-\x7e\s]*$/.test(text.normalize('NFKC'))

/** Commas and line breaks stand between tags; a space is part of one. @param {string} text */
export const split = (text) => text.split(/[,\n]/)
