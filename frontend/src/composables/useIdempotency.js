/**
 * One key for one wish: the same words keep their key until they have been heard, so that a
 * repeated press or a lost answer is never charged twice.
 */
export function useIdempotency() {
  let wish = ''
  let key = ''

  return {
    /** @param {unknown} body */
    keyFor(body) {
      const said = JSON.stringify(body)
      if (said !== wish) [wish, key] = [said, crypto.randomUUID()]
      return key
    },
    /** Saying it once more from here on is a new wish. */
    heard: () => (wish = ''),
  }
}
