import { createStore, del, delMany, get, keys, set } from 'idb-keyval'

// Storage may let go of what was uploaded for nothing sooner than of a draft in a browser.
const DAYS = 7

/**
 * @typedef {object} KeptArtwork
 * @property {string} key
 * @property {{ name: string, size: number, lastModified: number }} file
 * @property {string[]} tags
 */
/** @typedef {{ title: string, description: string, price: number, artworks: KeptArtwork[] }} KeptDraft */

/** @type {ReturnType<typeof createStore> | undefined} */
let store
// Opened when first asked for: a private window may have none.
const here = () => (store ??= createStore('style-license', 'drafts'))
const thumbnailKey = (/** @type {string} */ user, /** @type {string} */ key) => `${user}/${key}`

/** @param {string} user @param {KeptDraft} draft */
export const keepDraft = async (user, draft) => set(user, { at: Date.now(), draft }, here())

/** @param {string} user @param {string} key @param {Blob} thumbnail */
export const keepThumbnail = async (user, key, thumbnail) => set(thumbnailKey(user, key), thumbnail, here())

/** @param {string} user @param {string} key */
export const forgetThumbnail = async (user, key) => del(thumbnailKey(user, key), here())

/**
 * What somebody left unfinished in this browser.
 * @param {string} user
 * @returns {Promise<{ draft: KeptDraft, thumbnails: (Blob | undefined)[] } | null>}
 */
export async function keptDraft(user) {
  const kept = await get(user, here())
  if (!kept) return null
  if (Date.now() - kept.at > DAYS * 86_400_000) {
    await forgetDraft(user)
    return null
  }
  const thumbnails = await Promise.all(kept.draft.artworks.map(({ key }) => get(thumbnailKey(user, key), here())))
  return { draft: kept.draft, thumbnails }
}

/** @param {string} user */
export async function forgetDraft(user) {
  const all = await keys(here())
  await delMany(all.filter((key) => key === user || String(key).startsWith(`${user}/`)), here())
}
