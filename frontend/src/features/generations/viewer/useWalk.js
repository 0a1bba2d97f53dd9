import { computed, watch } from 'vue'
import { useRouter } from 'vue-router'
import { useLayers } from '@/router/layers'

const HURRY_MS = 700
const SETTLE_MS = 250
const NEAR_END = 4
const HEADER_PX = 72

/** Whoever hurries through the list sees pictures; the rest is asked for where they stop. */
export function createPause() {
  let steppedAt = -Infinity
  return async () => {
    const isHurried = performance.now() - steppedAt < HURRY_MS
    steppedAt = performance.now()
    if (isHurried) await new Promise((done) => setTimeout(done, SETTLE_MS))
  }
}

/** Steps through the list that lies beneath the image, which follows. @param {() => string} id */
export function useWalk(id) {
  const layers = useLayers()
  const router = useRouter()
  const list = computed(() => layers.grid?.list ?? null)
  const index = computed(() => list.value?.items.findIndex((one) => one.id === id()) ?? -1)
  const card = computed(() => list.value?.items[index.value] ?? null)
  /** @param {-1 | 1} step */
  const at = (step) => (index.value < 0 ? null : (list.value?.items[index.value + step] ?? null))
  const previous = computed(() => at(-1))
  const next = computed(() => at(1))

  watch(
    [index, () => list.value?.items.length],
    () => {
      if (list.value?.state === 'idle' && index.value >= list.value.items.length - NEAR_END) list.value.more()
      // Asked for early, so that the next step shows a picture and not the wait for one.
      for (const one of [next.value, previous.value]) if (one?.image_url) new Image().src = one.image_url
    },
    { immediate: true },
  )

  /** @param {-1 | 1} step */
  function walk(step) {
    const to = at(step)
    if (!to) return
    follow(to.id)
    return router.replace({ name: 'image', params: { id: to.id }, state: { background: layers.shown.fullPath } })
  }

  /** The list shows where one is in it when it is seen again; it moves no more than that takes. */
  function follow(to) {
    const box = layers.grid?.boxOf(to)
    if (!box || (box.top >= HEADER_PX && box.top + box.height <= innerHeight)) return
    scrollBy({ top: box.top - Math.max(HEADER_PX, (innerHeight - box.height) / 2), behavior: 'instant' })
  }

  return { card, index, previous, next, walk, isWhole: computed(() => list.value?.state === 'done'), count: computed(() => list.value?.items.length ?? 0) }
}
