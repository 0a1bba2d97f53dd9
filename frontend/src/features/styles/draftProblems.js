import { isEnglish } from '@/ui/tags'
import { ARTWORKS_MAX, ARTWORKS_MIN } from './draft'

export const PRICE_MAX = 10_000

/** @param {string} title */
function titleProblems(title) {
  if (title.length < 2) return ['title']
  return isEnglish(title) ? [] : ['titleEnglish']
}

/**
 * What still keeps a draft from being submitted, by step; keys of `studio.problems`.
 * @param {{ title: string, description: string, price: number, good: unknown[],
 *   artworks: { state: string, tags: string[] }[], isSending: boolean,
 *   statement: { name: string, accepted: boolean } }} draft
 */
export function problemsOf(draft) {
  const title = draft.title.trim()
  const isNamed = draft.statement.name.trim().length >= 2
  const isPriced = Number.isInteger(draft.price) && draft.price >= 1 && draft.price <= PRICE_MAX
  const untagged = draft.artworks.filter(({ state, tags }) => state === 'here' && !tags.length).length
  return {
    basics: [
      ...titleProblems(title),
      ...(draft.description.trim() ? [] : ['description']),
      ...(isPriced ? [] : ['price']),
    ],
    artworks: [
      ...(draft.isSending ? ['sending'] : []),
      ...(draft.good.length < ARTWORKS_MIN ? ['few'] : []),
      ...(draft.artworks.length > ARTWORKS_MAX ? ['many'] : []),
      ...(draft.artworks.some(({ state }) => state === 'wrong' || state === 'failed') ? ['wrong'] : []),
    ],
    // Tags are wanted, not demanded: the title is one already.
    tags: [],
    review: [
      ...(isNamed ? [] : ['name']),
      ...(draft.statement.accepted ? [] : ['rights']),
    ],
    untagged,
  }
}
