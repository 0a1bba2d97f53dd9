import { fireEvent, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { h } from 'vue'
import { show } from '@/test/show'
import { SCALE_MAX, zoomed } from './zoom'
import UiZoom from './UiZoom.vue'

const size = { width: 800, height: 600, pictureWidth: 600, pictureHeight: 600 }
const whole = { scale: 1, x: 0, y: 0 }
const step = (given) => ({ factor: 1, at: { x: 0, y: 0 }, move: { x: 0, y: 0 }, ...given })

test('what is pointed at stays where it is', () => {
  expect(zoomed(whole, size, step({ factor: 2, at: { x: 100, y: -50 } }))).toEqual({ scale: 2, x: -100, y: 50 })
})

test('no side comes further in than the frame’s', () => {
  expect(zoomed({ ...whole, scale: 2 }, size, step({ move: { x: 999, y: -999 } }))).toEqual({ scale: 2, x: 200, y: -300 })
  expect(zoomed(whole, size, step({ move: { x: 50, y: 50 } }))).toEqual(whole)
})

test('nearer ends, and away ends with all of it in the middle', () => {
  expect(zoomed(whole, size, step({ factor: 99 })).scale).toBe(SCALE_MAX)
  expect(zoomed({ scale: 1.4, x: 20, y: 30 }, size, step({ factor: 0.5 }))).toEqual(whole)
})

const at = (pointerId, clientX, clientY, more = {}) => ({ pointerId, clientX, clientY, pointerType: 'touch', button: 0, ...more })

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(400)
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400)
})

async function framed(props = {}) {
  const swipe = vi.fn()
  await show(UiZoom, { props: { swipe: true, onSwipe: swipe, ...props }, slots: { default: () => h('img', { alt: 'Moon' }) } })
  const picture = screen.getByRole('img', { name: 'Moon' })
  const percent = () => screen.getByRole('button', { name: /Show all of it/ }).textContent?.trim()
  return { picture, percent, swipe }
}

test('buttons draw nearer and away, and show all of it again', async () => {
  const { percent } = await framed()
  await userEvent.click(screen.getByRole('button', { name: 'Zoom in' }))
  expect(percent()).toBe('150%')
  await userEvent.click(screen.getByRole('button', { name: 'Zoom in' }))
  await userEvent.click(screen.getByRole('button', { name: 'Zoom out' }))
  expect(percent()).toBe('150%')
  await userEvent.click(screen.getByRole('button', { name: /Show all of it/ }))
  expect(percent()).toBe('100%')
})

test('two fingers that part draw nearer', async () => {
  const { picture, percent } = await framed()
  await fireEvent.pointerDown(picture, at(1, 100, 200))
  await fireEvent.pointerDown(picture, at(2, 200, 200))
  await fireEvent.pointerMove(picture, at(2, 300, 200))
  expect(percent()).toBe('200%')
})

test('a second tap soon and near draws nearer, a third and fourth away', async () => {
  const { picture, percent } = await framed()
  const tap = async () => {
    await fireEvent.pointerDown(picture, at(1, 200, 200))
    await fireEvent.pointerUp(picture, at(1, 201, 200))
  }
  await tap()
  expect(percent()).toBe('100%')
  await tap()
  expect(percent()).toBe('250%')
  await tap()
  await tap()
  expect(percent()).toBe('100%')
})

test.each([
  ['a finger to the left asks for the next', 'touch', -90, [[1]]],
  ['a finger to the right for the one before', 'touch', 90, [[-1]]],
  ['a short way asks for nothing', 'touch', 30, []],
  ['nor does a mouse', 'mouse', -90, []],
])('%s', async (_, pointerType, way, asked) => {
  const { picture, swipe } = await framed()
  await fireEvent.pointerDown(picture, at(1, 200, 200, { pointerType }))
  await fireEvent.pointerMove(picture, at(1, 200 + way, 204, { pointerType }))
  await fireEvent.pointerUp(picture, at(1, 200 + way, 204, { pointerType }))
  expect(swipe.mock.calls).toEqual(asked)
})

test('drawn near, a finger moves the picture instead', async () => {
  const { picture, swipe } = await framed()
  await userEvent.click(screen.getByRole('button', { name: 'Zoom in' }))
  await fireEvent.pointerDown(picture, at(1, 200, 200))
  await fireEvent.pointerMove(picture, at(1, 140, 200))
  await fireEvent.pointerUp(picture, at(1, 140, 200))
  expect(swipe).not.toHaveBeenCalled()
  expect(picture.parentElement?.style.transform).toBe('translate(-60px, 0px) scale(1.5)')
})

test.each([
  ['the wheel scrolls a page', {}, { deltaY: -100 }, '100%'],
  ['but with Ctrl, as trackpads pinch, it draws nearer', {}, { deltaY: -50, ctrlKey: true }, '165%'],
  ['and so it does where there is nothing to scroll', { wheel: true }, { deltaY: -100 }, '122%'],
])('%s', async (_, props, turn, end) => {
  const { picture, percent } = await framed(props)
  await fireEvent.wheel(picture, turn)
  expect(percent()).toBe(end)
})
