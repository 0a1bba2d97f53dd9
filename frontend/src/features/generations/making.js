import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { cancelGeneration, createGeneration, fetchGeneration } from '@/api/endpoints.js'
import { useSession } from '@/features/accounts/session.js'
import { createPoller } from '@/ui/poller.js'

/** @typedef {import('@/api/endpoints.js').GenerationDetail} Generation */

const ENDED = new Set(['completed', 'failed', 'canceled'])
const WORKING_MS = 5_000
const QUEUED_MS = 30_000

/** What is being made now, watched until it ends; one poller for all. */
export const useMaking = defineStore('making', () => {
  const session = useSession()
  const all = ref(/** @type {Generation[]} */ ([]))
  const open = computed(() => all.value.filter(({ status }) => !ENDED.has(status)))
  const poller = createPoller(async () => {
    for (const answer of await Promise.all(open.value.map(({ id }) => fetchGeneration(id)))) await put(answer)
    return pause()
  })

  /** How long until it is worth asking again (SPEC §5): sooner while something is worked on. */
  function pause() {
    if (!open.value.length) return null
    return open.value.every(({ status }) => status === 'queued') ? QUEUED_MS : WORKING_MS
  }

  /** @param {Generation} one */
  async function put(one) {
    const before = all.value.find(({ id }) => id === one.id)
    all.value = before ? all.value.map((old) => (old.id === one.id ? one : old)) : [one, ...all.value]
    if (ENDED.has(one.status) && before && !ENDED.has(before.status)) await session.refresh()
  }

  /**
   * Order an image; the key makes it one order however often it is sent.
   * @param {{style_id: string, prompt_tags: string[], aspect_ratio: string}} wanted @param {string} key
   */
  async function order(wanted, key) {
    const made = await createGeneration(wanted, key)
    await put(made)
    await session.refresh()
    poller.stop()
    poller.start()
    return made
  }

  /** @param {string} id */
  async function cancel(id) {
    await put(await cancelGeneration(id))
  }

  return { all, open, order, cancel, pause }
})
