import pMap from 'p-map'
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useToasts } from '@/ui/toasts'
import { changeGeneration } from './api'

const AT_ONCE = 4
const PATIENCE = 3
const WAIT_SECONDS = 5

/** @typedef {{ id: string, is_public: boolean }} Shown */

/** A request that came too often waits as long as it is told to. @param {string} id @param {boolean} isPublic */
async function change(id, isPublic) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await changeGeneration(id, { is_public: isPublic }, { quiet: true })
    } catch (error) {
      if (!error.isPassing || tried === PATIENCE) throw error
      const seconds = error.retryAfterSeconds ?? WAIT_SECONDS
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    }
  }
}

/**
 * Several images of a list made public or private together: shown at once, and taken back one by
 * one where the server does not agree.
 * @param {{ items: any[], patch: (id: string, change: object) => void }} list
 */
export function useChoice(list) {
  const { t } = useI18n()
  const toasts = useToasts()
  const isOn = ref(false)
  const ids = ref(/** @type {string[]} */ ([]))
  const busy = ref(/** @type {'' | 'public' | 'private'} */ (''))
  const eligible = computed(() => list.items.filter(({ status }) => status === 'completed').map(({ id }) => id))

  function end() {
    isOn.value = false
    ids.value = []
  }

  /** @param {Shown[]} images @param {boolean} isPublic */
  async function changeAll(images, isPublic) {
    /** @type {string[]} */
    const refused = []
    images.forEach(({ id }) => list.patch(id, { is_public: isPublic }))
    const work = (/** @type {Shown} */ { id }) =>
      change(id, isPublic).catch(() => {
        refused.push(id)
        list.patch(id, { is_public: !isPublic })
      })
    await pMap(images, work, { concurrency: AT_ONCE })
    tell(images.filter(({ id }) => !refused.includes(id)), refused.length, isPublic)
    return refused
  }

  /** @param {Shown[]} changed @param {number} refused @param {boolean} isPublic */
  function tell(changed, refused, isPublic) {
    const which = isPublic ? 'public' : 'private'
    const undo = { label: t('common.undo'), run: () => void changeAll(changed, !isPublic) }
    if (changed.length) toasts.done(t(`choosing.done.${which}`, { count: changed.length }, changed.length), { action: undo })
    if (refused) toasts.wrong(t('choosing.refused', { count: refused }, refused))
  }

  return {
    isOn,
    ids,
    busy,
    eligible,
    end,
    /** @param {string} id */
    toggle(id) {
      ids.value = ids.value.includes(id) ? ids.value.filter((one) => one !== id) : [...ids.value, id]
    },
    /** @param {'public' | 'private'} which */
    async show(which) {
      const isPublic = which === 'public'
      const images = list.items.filter((one) => ids.value.includes(one.id) && one.is_public !== isPublic)
      busy.value = which
      ids.value = await changeAll(images, isPublic)
      busy.value = ''
      // Those that could not be changed stay chosen, to be tried again.
      if (!ids.value.length) end()
    },
  }
}
