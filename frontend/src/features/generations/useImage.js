import { computed, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useResource } from '@/composables/useResource'
import { useLike } from '@/features/community/useLike'
import { useJobs } from '@/features/jobs/store'
import { useLayers } from '@/router/layers'
import { useActions } from '@/shell/shortcuts/actions'
import { getGeneration } from './api'
import { useFeed } from './feed'

/**
 * One image with all that belongs to it, kept in step with the lists that it is in.
 * @param {() => string} id
 * @param {() => Promise<unknown>} [pause] before it is asked for
 */
export function useImage(id, pause = () => Promise.resolve()) {
  const { t } = useI18n()
  const jobs = useJobs()
  const feed = useFeed()
  const layers = useLayers()

  /** @param {AbortSignal} signal */
  async function load(signal) {
    const wanted = id()
    await pause()
    signal.throwIfAborted()
    return getGeneration(wanted, signal)
  }
  const resource = useResource(load, id)
  const image = resource.data

  /** @param {string} changed @param {object} change */
  function patch(changed, change) {
    if (image.value?.id === changed) image.value = { ...image.value, ...change }
    for (const list of new Set([feed, layers.grid?.list])) list?.patch(changed, change)
  }
  const like = useLike(patch)

  watch(image, (now, before) => now?.is_own && now.id !== before?.id && jobs.follow(now))
  watch(
    () => jobs.generations[id()],
    (news) => news && image.value && news !== image.value && (image.value = news),
  )
  useActions({ like: () => (image.value?.image_url ? void like(image.value) : false) })

  /** @param {any} one an image or a list's card of it */
  const nameOf = (one) => (one ? t('generations.alt', { style: one.style.title, artist: one.style.artist.artist_name }) : '')
  return { resource, image, patch, like, nameOf, name: computed(() => nameOf(image.value)) }
}
