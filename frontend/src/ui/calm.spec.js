import { render, screen } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** As a visit begins: nothing has come yet. */
async function visit() {
  vi.resetModules()
  const [calm, { default: UiMasonry }] = await Promise.all([import('./calm'), import('./UiMasonry.vue')])
  return { ...calm, UiMasonry }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(400)
})
afterEach(() => {
  vi.useRealTimers()
  document.body.innerHTML = ''
})

test('what lies below the first screen is drawn when that has its pictures', async () => {
  const { UiMasonry, pictureCame } = await visit()
  const items = Array.from({ length: 60 }, (_, index) => ({ id: `${index}`, width: 1, height: 1 }))
  render(UiMasonry, { props: { label: 'Images', items }, slots: { default: '<i />' } })
  await vi.advanceTimersByTimeAsync(10)
  const few = screen.getAllByRole('article').length
  expect(few).toBeLessThan(12)
  pictureCame()
  await vi.advanceTimersByTimeAsync(700)
  expect(screen.getAllByRole('article').length).toBeGreaterThan(few)
})

test('it waits for every picture that is on its way, but not for ever', async () => {
  const { isCalm, pictureCame } = await visit()
  const late = document.body.appendChild(document.createElement('img'))
  vi.spyOn(late, 'complete', 'get').mockReturnValue(false)
  pictureCame()
  await vi.advanceTimersByTimeAsync(1000)
  expect(isCalm.value).toBe(false)
  await vi.advanceTimersByTimeAsync(1000)
  expect(isCalm.value).toBe(true)
})
