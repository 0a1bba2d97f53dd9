import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { faultOf } from '@/features/uploads/judge'
import { sendFiles } from '@/features/uploads/send'

export const ARTWORKS_MIN = 10
export const ARTWORKS_MAX = 100

/**
 * @typedef {object} DraftArtwork
 * @property {string} id
 * @property {File} file
 * @property {string} url
 * @property {string[]} tags
 * @property {'waiting' | 'sending' | 'here' | 'failed' | 'wrong'} state
 * @property {number} part how much has arrived, 0 to 1
 * @property {string | null} key
 * @property {string | null} fault a key of `uploads.wrong`
 */

/** A style before it is submitted: kept while its artist walks about, gone with the tab. */
export const useStyleDraft = defineStore('style-draft', () => {
  const title = ref('')
  const description = ref('')
  const price = ref(10)
  const artworks = ref(/** @type {DraftArtwork[]} */ ([]))
  const statement = ref({ name: '', accepted: false })
  let last = 0

  const good = computed(() => artworks.value.filter(({ state }) => state === 'here'))
  const isSending = computed(() => artworks.value.some(({ state }) => state === 'waiting' || state === 'sending'))
  const isTouched = computed(() => Boolean(title.value || description.value || artworks.value.length))

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
        id: `artwork-${(last += 1)}`, file, url: URL.createObjectURL(file), tags: [], state: 'waiting', part: 0, key: null, fault: null,
      }))
    artworks.value.push(...fresh)
    for (const { id, file } of fresh) {
      const fault = await faultOf(file, 'artwork')
      if (fault) patch(id, { state: 'wrong', fault })
    }
    await send(artworks.value.filter(({ state }) => state === 'waiting'))
  }

  /** @param {DraftArtwork[]} waiting */
  async function send(waiting) {
    if (!waiting.length) return
    const ids = waiting.map(({ id }) => id)
    ids.forEach((id) => patch(id, { state: 'sending', part: 0 }))
    const fail = (id) => patch(id, { state: 'failed' })
    try {
      await sendFiles('artwork', waiting.map(({ file }) => file), {
        onProgress: (index, part) => patch(ids[index], { part }),
        onDone: (index, key) => patch(ids[index], { state: 'here', part: 1, key }),
        onFailed: (index) => fail(ids[index]),
      })
    } catch {
      ids.forEach(fail)
    }
  }

  /** @param {string} id */
  function remove(id) {
    const one = artworks.value.find((artwork) => artwork.id === id)
    if (one) URL.revokeObjectURL(one.url)
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

  function clear() {
    artworks.value.forEach(({ url }) => URL.revokeObjectURL(url))
    ;[title.value, description.value, price.value, artworks.value] = ['', '', 10, []]
    statement.value = { name: '', accepted: false }
  }

  return {
    title, description, price, artworks, statement, good, isSending, isTouched,
    add, patch, remove, tagAll, submission, clear,
    retry: () => send(artworks.value.filter(({ state }) => state === 'failed')),
  }
})
