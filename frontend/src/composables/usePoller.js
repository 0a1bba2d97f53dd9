const BACKOFF_SECONDS = [5, 10, 20, 40, 60]

/**
 * Asks again and again, while the tab can be seen.
 *
 * `tick` gives the seconds until the next question, or null when there is nothing more to ask.
 * Failures wait longer each time, and at least as long as the server says.
 * @param {() => Promise<number | null>} tick
 */
export function createPoller(tick) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let dueAt = 0
  let wanted = false
  let asking = false
  let failures = 0

  function plan(seconds) {
    clearTimeout(timer)
    dueAt = Date.now() + seconds * 1000
    if (wanted && !document.hidden) timer = setTimeout(ask, seconds * 1000)
  }

  async function ask() {
    if (asking) return
    asking = true
    /** @type {number | null} */
    let seconds
    try {
      seconds = await tick()
      failures = 0
    } catch (error) {
      seconds = Math.max(BACKOFF_SECONDS[Math.min(failures++, BACKOFF_SECONDS.length - 1)], error?.retryAfterSeconds ?? 0)
    } finally {
      asking = false
    }
    if (seconds === null) stop()
    else plan(seconds)
  }

  function onVisibility() {
    clearTimeout(timer)
    if (wanted && !document.hidden) plan(Math.max(0, (dueAt - Date.now()) / 1000))
  }

  /** Ask after some seconds, or sooner when that was planned already. */
  function start(seconds = 0) {
    if (!wanted) document.addEventListener('visibilitychange', onVisibility)
    const due = Date.now() + seconds * 1000
    if (wanted && dueAt <= due) return
    wanted = true
    plan(seconds)
  }

  function stop() {
    wanted = false
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisibility)
  }

  return { start, stop, isRunning: () => wanted }
}
