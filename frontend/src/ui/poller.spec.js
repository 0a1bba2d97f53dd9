import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPoller } from './poller.js'

let hidden = false
beforeEach(() => {
  vi.useFakeTimers()
  hidden = false
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
})
afterEach(() => vi.useRealTimers())

function look(now) {
  hidden = !now
  document.dispatchEvent(new Event('visibilitychange'))
}

test('it asks when it was told to, and ends when all is said', async () => {
  const ask = vi.fn().mockResolvedValueOnce(30_000).mockResolvedValueOnce(5_000).mockResolvedValue(null)
  createPoller(ask).start()
  await vi.advanceTimersByTimeAsync(29_999)
  expect(ask).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(ask).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(100_000)
  expect(ask).toHaveBeenCalledTimes(3)
})

test('nobody looks: nothing is asked; at once when somebody does again', async () => {
  const ask = vi.fn().mockResolvedValue(5_000)
  const poller = createPoller(ask)
  poller.start()
  await vi.advanceTimersByTimeAsync(0)
  look(false)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(ask).toHaveBeenCalledTimes(1)
  look(true)
  await vi.advanceTimersByTimeAsync(0)
  expect(ask).toHaveBeenCalledTimes(2)
  poller.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(ask).toHaveBeenCalledTimes(2)
})

test('errors make it slower and slower, an answer as quick as before', async () => {
  const ask = vi.fn().mockRejectedValueOnce(new Error()).mockRejectedValueOnce(new Error()).mockResolvedValue(5_000)
  createPoller(ask).start()
  await vi.advanceTimersByTimeAsync(9_999)
  expect(ask).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1 + 19_999)
  expect(ask).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(1 + 5_000)
  expect(ask).toHaveBeenCalledTimes(4)
})

test('it never asks twice at once', async () => {
  let running = 0
  let most = 0
  const poller = createPoller(async () => {
    most = Math.max(most, ++running)
    await new Promise((done) => setTimeout(done, 1_000))
    running -= 1
    return 10
  })
  poller.start()
  for (let number = 0; number < 20; number += 1) {
    look(true)
    await vi.advanceTimersByTimeAsync(150)
  }
  poller.stop()
  expect(most).toBe(1)
})
