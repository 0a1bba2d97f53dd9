const FAILED_MS_MAX = 120_000

/**
 * Ask again and again, never twice at once, and not while nobody looks.
 * `ask` answers the milliseconds until the next time, or null when all is said.
 * @param {() => Promise<number | null>} ask
 */
export function createPoller(ask) {
  let failures = 0
  let isRunning = false
  let isAsking = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer

  async function tick() {
    clearTimeout(timer)
    if (!isRunning || isAsking || document.hidden) return
    isAsking = true
    /** @type {number | null} */
    let next
    try {
      next = await ask()
      failures = 0
    } catch {
      failures += 1
      next = Math.min(FAILED_MS_MAX, 5_000 * 2 ** failures)
    }
    isAsking = false
    if (next === null) stop()
    else if (isRunning) timer = setTimeout(tick, next)
  }

  function start() {
    if (isRunning) return
    isRunning = true
    document.addEventListener('visibilitychange', tick)
    void tick()
  }

  function stop() {
    isRunning = false
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', tick)
  }

  return { start, stop }
}
