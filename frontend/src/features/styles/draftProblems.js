import { isEnglish } from '@/ui/tags'
import { ARTWORKS_MAX, ARTWORKS_MIN } from './draft'

export const PRICE_MAX = 10_000

/**
 * What still keeps a draft from being submitted, by step; keys of `studio.problems`.
 * @param {{ title: string, description: string, price: number, good: unknown[],
 *   artworks: { state: string, tags: string[] }[], isSending: boolean,
 *   statement: { name: string, accepted: boolean } }} draft
 */
export function problemsOf(draft) {
  const title = draft.title.trim()
  const untagged = draft.artworks.filter(({ state, tags }) => state === 'here' && !tags.length).length
  return {
    basics: [
      ...(title.length < 2 ? ['title'] : isEnglish(title) ? [] : ['titleEnglish']),
      ...(draft.description.trim() ? [] : ['description']),
      ...(Number.isInteger(draft.price) && draft.price >= 1 && draft.price <= PRICE_MAX ? [] : ['price']),
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
      ...(draft.statement.name.trim().length < 2 ? ['name'] : []),
      ...(draft.statement.accepted ? [] : ['rights']),
    ],
    untagged,
  }
}
