import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from '@/api/errors'
import { createPoller } from './usePoller'

let hidden = false
const setHidden = (value) => {
  hidden = value
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers()
  hidden = false
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
})
afterEach(() => vi.useRealTimers())

test('asks as often as the last answer wants, and stops when there is nothing more', async () => {
  const answers = [5, 30, null]
  const tick = vi.fn(async () => /** @type {number | null} */ (answers.shift() ?? null))
  const poller = createPoller(tick)
  poller.start()
  await vi.advanceTimersByTimeAsync(0)
  expect(tick).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(5000)
  expect(tick).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(29_000)
  expect(tick).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(1000)
  expect(tick).toHaveBeenCalledTimes(3)
  expect(poller.isRunning()).toBe(false)
})

test('sleeps in a hidden tab and asks at once when it is seen again', async () => {
  const tick = vi.fn(async () => 5)
  const poller = createPoller(tick)
  poller.start()
  await vi.advanceTimersByTimeAsync(0)
  setHidden(true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(tick).toHaveBeenCalledTimes(1)
  setHidden(false)
  await vi.advanceTimersByTimeAsync(0)
  expect(tick).toHaveBeenCalledTimes(2)
  poller.stop()
})

test('a failure waits as long as the server says, and does not end it', async () => {
  const tick = vi.fn()
  tick.mockRejectedValueOnce(new ApiError({ code: 'RATE_LIMITED', status: 429, details: { retry_after_seconds: 12 } }))
  tick.mockResolvedValueOnce(null)
  createPoller(tick).start()
  await vi.advanceTimersByTimeAsync(11_000)
  expect(tick).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1000)
  expect(tick).toHaveBeenCalledTimes(2)
})

test('a second start brings the next question forward, never back', async () => {
  const tick = vi.fn(async () => null)
  const poller = createPoller(tick)
  poller.start(30)
  poller.start(5)
  poller.start(60)
  await vi.advanceTimersByTimeAsync(5000)
  expect(tick).toHaveBeenCalledTimes(1)
})

test('an answer that comes while the tab is hidden plans nothing until it is seen', async () => {
  /** @type {(seconds: number) => void} */
  let answer = () => {}
  const tick = vi.fn(() => /** @type {Promise<number>} */ (new Promise((resolve) => (answer = resolve))))
  const poller = createPoller(tick)
  poller.start()
  await vi.advanceTimersByTimeAsync(0)
  setHidden(true)
  answer(5)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(tick).toHaveBeenCalledTimes(1)
  poller.stop()
})
