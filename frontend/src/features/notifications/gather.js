/** @typedef {import('zod/mini').infer<typeof import('@/api/schemas/notifications').Notification>} Notification */

// What several people can do to one and the same thing.
const OF_PEOPLE = ['like', 'comment', 'follow']

/**
 * News as they are read: by day, and what several people did to one thing on a day as one.
 * @param {Notification[]} list newest first
 * @param {(at: string) => string} dayOf
 * @returns {{ day: string, notices: Notification[][] }[]} each notice the news that it gathers, newest first
 */
export function gatherNews(list, dayOf) {
  /** @type {Map<string, Map<string, Notification[]>>} */
  const days = new Map()
  for (const one of list) {
    const day = dayOf(one.created_at)
    const notices = days.get(day) ?? new Map()
    const key = keyOf(one)
    days.set(day, notices.set(key, [...(notices.get(key) ?? []), one]))
  }
  return [...days].map(([day, notices]) => ({ day, notices: [...notices.values()] }))
}

/** @param {Notification} one */
function keyOf({ id, type, target }) {
  if (!OF_PEOPLE.includes(type)) return id
  // The target of a follow is whoever follows.
  return type === 'follow' ? type : `${type} ${target.id}`
}

/** Who did it, each once, the latest first. @param {Notification[]} notice */
export function actorsOf(notice) {
  return [...new Map(notice.flatMap(({ actor }) => (actor ? [[actor.id, actor]] : []))).values()]
}
