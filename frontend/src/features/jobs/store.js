import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { createPoller } from '@/composables/usePoller'
import { useSession } from '@/features/accounts/session'
import { getGeneration, listMine } from '@/features/generations/api'
import { getStyle } from '@/features/styles/api'
import { isInTraining, isUnderway, secondsUntilNextLook } from './pace'

// More than these are asked about in one call, and only these in detail.
const DETAILS_MAX = 3
const FIRST_LOOK_SECONDS = 5

/** @typedef {import('zod/mini').infer<typeof import('@/api/schemas/generations').GenerationDetail>} Generation */
/** @typedef {import('zod/mini').infer<typeof import('@/api/schemas/styles').StyleDetail>} Style */

/** What is being made for whoever is here; one poller for all of it. */
export const useJobs = defineStore('jobs', () => {
  const session = useSession()
  const generations = shallowRef(/** @type {Record<string, Generation>} */ ({}))
  const styles = shallowRef(/** @type {Record<string, Style>} */ ({}))
  const underway = computed(() => Object.values(generations.value).filter(isUnderway))
  const training = computed(() => Object.values(styles.value).filter(isInTraining))
  const ended = shallowRef(/** @type {Generation | null} */ (null))
  const poller = createPoller(look)
  let discovered = false
  const met = new Set()

  async function look() {
    const asked = underway.value
    if (asked.length > DETAILS_MAX) await lookAtAll(asked)
    await Promise.all([
      ...underway.value.slice(0, DETAILS_MAX).map(async ({ id }) => keep(await getGeneration(id))),
      ...training.value.map(async ({ id }) => keepStyle(await getStyle(id))),
    ])
    return secondsUntilNextLook(underway.value, training.value)
  }

  async function lookAtAll(asked) {
    const { results } = await listMine({ limit: 100 })
    const cards = new Map(results.map((card) => [card.id, card]))
    for (const one of asked) {
      const card = cards.get(one.id)
      if (card && card.status !== one.status) {
        keep(isUnderway(card) ? { ...one, ...card } : await getGeneration(one.id))
      }
    }
  }

  /** @param {Generation} generation */
  function keep(generation) {
    const before = generations.value[generation.id]
    generations.value = { ...generations.value, [generation.id]: generation }
    if (before && isUnderway(before) && !isUnderway(generation)) {
      ended.value = generation
      // Refunds and notifications come with the end.
      session.reload()
    }
  }

  /** @param {Style} style */
  function keepStyle(style) {
    const before = styles.value[style.id]
    styles.value = { ...styles.value, [style.id]: style }
    if (before && isInTraining(before) && !isInTraining(style)) session.reload()
  }

  /**
   * Follow those of one's own images that a list shows underway; it may be older than what is known.
   * @param {{ id: string, status: string }[]} cards
   */
  async function meet(cards) {
    const fresh = cards.filter((card) => isUnderway(card) && !met.has(card.id) && !generations.value[card.id])
    if (!fresh.length) return
    fresh.forEach(({ id }) => met.add(id))
    const details = await Promise.all(fresh.map(({ id }) => getGeneration(id)))
    details.forEach(keep)
    const seconds = secondsUntilNextLook(underway.value, [])
    if (seconds !== null) poller.start(seconds)
  }

  return {
    generations,
    styles,
    underway,
    training,
    ended,
    keep,

    /** @param {Generation} generation */
    follow(generation) {
      keep(generation)
      const seconds = secondsUntilNextLook([generation], [])
      if (seconds !== null) poller.start(Math.min(seconds, FIRST_LOOK_SECONDS))
    },

    /** @param {Style} style */
    followStyle(style) {
      keepStyle(style)
      const seconds = secondsUntilNextLook([], [style])
      if (seconds !== null) poller.start(seconds)
    },

    /** What was begun before this page was opened. */
    async discover() {
      if (discovered || !session.isSignedIn) return
      discovered = true
      const { results } = await listMine({ limit: 20 })
      await meet(results)
    },
    meet,
  }
})
