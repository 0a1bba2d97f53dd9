import { watchDebounced } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { faultOf } from '@/features/uploads/judge'
import { sendFiles } from '@/features/uploads/send'
import { thumbnailOf } from '@/features/uploads/thumbnail'
import { forgetDraft, forgetThumbnail, keepDraft, keepThumbnail, keptDraft } from './draftKept'

export const ARTWORKS_MIN = 10
export const ARTWORKS_MAX = 100
const PRICE = 10
const KEEP_AFTER_MS = 400

/**
 * @typedef {object} DraftArtwork
 * @property {string} id
 * @property {File | import('./draftKept').KeptArtwork['file']} file the file itself until it has arrived
 * @property {Blob} thumbnail
 * @property {string} url of the thumbnail
 * @property {string[]} tags
 * @property {'waiting' | 'sending' | 'here' | 'failed' | 'wrong'} state
 * @property {number} part how much has arrived, 0 to 1
 * @property {string | null} key
 * @property {string | null} fault a key of `uploads.wrong`
 */

/** A style before it is submitted: kept in this browser until it is. */
export const useStyleDraft = defineStore('style-draft', () => {
  const title = ref('')
  const description = ref('')
  const price = ref(PRICE)
  const artworks = ref(/** @type {DraftArtwork[]} */ ([]))
  const statement = ref({ name: '', accepted: false })
  const isKept = ref(false)
  /** Whose draft it is; nobody's is kept. */
  let owner = ''
  let last = 0

  const good = computed(() => artworks.value.filter(({ state }) => state === 'here'))
  const isSending = computed(() => artworks.value.some(({ state }) => state === 'waiting' || state === 'sending'))
  const isTouched = computed(() => Boolean(title.value || description.value || artworks.value.length))

  const kept = computed(() => ({
    title: title.value,
    description: description.value,
    price: price.value,
    artworks: good.value.map(({ key, file: { name, size, lastModified }, tags }) => ({ key: key ?? '', file: { name, size, lastModified }, tags: [...tags] })),
  }))
  const words = computed(() => JSON.stringify(kept.value))
  watchDebounced(words, () => owner && keep(() => (isTouched.value ? keepDraft(owner, kept.value) : forgetDraft(owner))), { debounce: KEEP_AFTER_MS })
  watch(words, () => (isKept.value = false), { flush: 'sync' })

  /** Where nothing can be kept, nobody is told that it is. @param {() => Promise<unknown>} work */
  async function keep(work) {
    const mine = words.value
    try {
      await work()
      isKept.value = mine === words.value && isTouched.value
    } catch {
      isKept.value = false
    }
  }

  /** @param {string} user whose draft is wanted */
  async function open(user) {
    if (owner === user) return
    empty()
    const left = await keptDraft(user).catch(() => null)
    owner = user
    if (!left) return
    ;[title.value, description.value, price.value] = [left.draft.title, left.draft.description, left.draft.price]
    artworks.value = left.draft.artworks.map(({ key, file, tags }, index) => {
      const thumbnail = left.thumbnails[index] ?? new Blob()
      return { id: nextId(), file, thumbnail, url: URL.createObjectURL(thumbnail), tags, state: 'here', part: 1, key, fault: null }
    })
    isKept.value = true
  }

  const nextId = () => `artwork-${(last += 1)}`

  /** @param {string} id @param {Partial<DraftArtwork>} change */
  function patch(id, change) {
    const one = artworks.value.find((artwork) => artwork.id === id)
    if (one) Object.assign(one, change)
  }

  const isSame = (one, file) => one.file.name === file.name && one.file.size === file.size && one.file.lastModified === file.lastModified

  /** @param {File[]} files */
  async function add(files) {
    const fresh = files
      .filter((file) => !artworks.value.some((one) => isSame(one, file)))
      .slice(0, ARTWORKS_MAX - artworks.value.length)
      .map((file) => /** @type {DraftArtwork} */ ({
        id: nextId(), file, thumbnail: file, url: URL.createObjectURL(file), tags: [], state: 'waiting', part: 0, key: null, fault: null,
      }))
    artworks.value.push(...fresh)
    for (const one of fresh) {
      const [id, file] = [one.id, /** @type {File} */ (one.file)]
      const fault = await faultOf(file, 'artwork')
      if (fault) patch(id, { state: 'wrong', fault })
      else await shrink(id, file)
    }
    await send(artworks.value.filter(({ state }) => state === 'waiting'))
  }

  /** @param {string} id @param {File} file */
  async function shrink(id, file) {
    const thumbnail = await thumbnailOf(file).catch(() => null)
    const one = artworks.value.find((artwork) => artwork.id === id)
    if (!one || !thumbnail) return
    URL.revokeObjectURL(one.url)
    Object.assign(one, { thumbnail, url: URL.createObjectURL(thumbnail) })
  }

  /** @param {DraftArtwork[]} waiting */
  async function send(waiting) {
    if (!waiting.length) return
    const ids = waiting.map(({ id }) => id)
    ids.forEach((id) => patch(id, { state: 'sending', part: 0 }))
    const fail = (id) => patch(id, { state: 'failed' })
    try {
      await sendFiles('artwork', waiting.map(({ file }) => /** @type {File} */ (file)), {
        onProgress: (index, part) => patch(ids[index], { part }),
        onDone: (index, key) => arrive(ids[index], key),
        onFailed: (index) => fail(ids[index]),
      })
    } catch {
      ids.forEach(fail)
    }
  }

  /** @param {string} id @param {string} key */
  function arrive(id, key) {
    const one = artworks.value.find((artwork) => artwork.id === id)
    if (one && owner) keepThumbnail(owner, key, one.thumbnail).catch(() => {})
    patch(id, { state: 'here', part: 1, key })
  }

  /** @param {string} id */
  function remove(id) {
    const one = artworks.value.find((artwork) => artwork.id === id)
    if (one) URL.revokeObjectURL(one.url)
    if (one?.key && owner) forgetThumbnail(owner, one.key).catch(() => {})
    artworks.value = artworks.value.filter((artwork) => artwork.id !== id)
  }

  /** @param {string[]} ids @param {string[]} tags */
  function tagAll(ids, tags) {
    for (const id of ids) {
      const one = artworks.value.find((artwork) => artwork.id === id)
      if (one) one.tags = [...new Set([...one.tags, ...tags])]
    }
  }

  function submission() {
    return {
      title: title.value.trim(),
      description: description.value.trim(),
      generation_cost_tokens: price.value,
      artworks: good.value.map(({ key, file, tags }) => ({ upload_key: /** @type {string} */ (key), filename: file.name, tags })),
      rights_statement: { name: statement.value.name.trim(), accepted: /** @type {true} */ (statement.value.accepted) },
    }
  }

  function empty() {
    artworks.value.forEach(({ url }) => URL.revokeObjectURL(url))
    ;[title.value, description.value, price.value, artworks.value] = ['', '', PRICE, []]
    statement.value = { name: '', accepted: false }
  }

  function clear() {
    empty()
    return forgetDraft(owner).catch(() => {})
  }

  return {
    title, description, price, artworks, statement, good, isSending, isTouched, isKept,
    open, add, patch, remove, tagAll, submission, clear,
    retry: () => send(artworks.value.filter(({ state }) => state === 'failed')),
  }
})
