const DAY_MS = 86_400_000

/**
 * A bar for each day up to today, also for those without earnings.
 * @param {{ date: string, tokens: number }[]} earned
 * @param {number} days
 */
export function everyDay(earned, days, now = Date.now()) {
  const known = new Map(earned.map((day) => [day.date, day.tokens]))
  return Array.from({ length: days }, (_, index) => {
    const date = new Date(now - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10)
    return { date, tokens: known.get(date) ?? 0 }
  })
}
