import { fireEvent, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { useSession } from '@/features/accounts/session'
import en from '@/i18n/locales/en/shortcuts.json'
import { aMe } from '@/test/factories'
import { show } from '@/test/show'
import { useActions } from './actions'
import { SHORTCUTS } from './list'
import { listen } from './listen'
import ShortcutSheet from './ShortcutSheet.vue'
import { areSingleKeysOn, isSheetOpen } from './sheet'

const router = { push: vi.fn(async () => {}) }
let stop = () => {}

beforeEach(() => {
  router.push.mockClear()
  stop = listen(/** @type {any} */ (router))
})
afterEach(() => {
  stop()
  ;[isSheetOpen.value, areSingleKeysOn.value] = [false, true]
  document.body.replaceChildren()
})

const press = (key, more = {}, target = document.body) => fireEvent.keyDown(target, { key, ...more })
const acting = (actions) => show({ setup: () => (useActions(actions), () => null) })

test('? opens the sheet', async () => {
  await press('?', { shiftKey: true })
  expect(isSheetOpen.value).toBe(true)
})

test.each([
  ['g f', 'feed'],
  ['g s', 'search'],
  ['g m', 'me'],
  ['g n', 'notifications'],
  ['g t', 'tokens'],
])('%s leads to %s', async (keys, name) => {
  for (const key of keys.split(' ')) await press(key)
  expect(router.push.mock.calls).toEqual([[{ name }]])
})

test('the second key of two must come soon, and alone means nothing', async () => {
  await press('f')
  await press('g')
  await press('x')
  await press('f')
  expect(router.push).not.toHaveBeenCalled()
})

test('a keyboard set to Hangul is understood by where its keys are', async () => {
  await press('ㅎ', { code: 'KeyG' })
  await press('ㄹ', { code: 'KeyF' })
  expect(router.push).toHaveBeenCalledWith({ name: 'feed' })
})

test.each([
  ['with Ctrl', { ctrlKey: true }],
  ['with Alt', { altKey: true }],
  ['with the command key', { metaKey: true }],
  ['while a syllable is composed', { isComposing: true }],
  ['that the input method took', { keyCode: 229 }],
])('a key %s is not ours', async (_, more) => {
  await press('?', more)
  expect(isSheetOpen.value).toBe(false)
})

test('whoever types types', async () => {
  const field = document.body.appendChild(document.createElement('input'))
  await press('?', {}, field)
  expect(isSheetOpen.value).toBe(false)
})

test('under a dialog nothing is reached, but for the image’s own', async () => {
  const dialog = document.body.appendChild(document.createElement('dialog'))
  dialog.showModal()
  await press('?')
  expect(isSheetOpen.value).toBe(false)
  dialog.dataset.viewer = ''
  await press('?')
  expect(isSheetOpen.value).toBe(true)
})

test('who does nothing with a key leaves it to the next; what is taken, the browser leaves', async () => {
  const [pan, walk] = [vi.fn(() => false), vi.fn()]
  await acting({ pan, walk })
  const [left, up] = ['ArrowLeft', 'ArrowUp'].map((key) => new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  document.body.dispatchEvent(left)
  expect([pan.mock.calls, walk.mock.calls]).toEqual([[['ArrowLeft']], [['ArrowLeft']]])
  document.body.dispatchEvent(up)
  expect([left.defaultPrevented, up.defaultPrevented]).toEqual([true, false])
})

test('a key held down walks on, but does not like and unlike', async () => {
  const [like, walk] = [vi.fn(), vi.fn()]
  await acting({ like, walk })
  await press('l')
  await press('l', { repeat: true })
  await press('ArrowRight', { repeat: true })
  expect([like.mock.calls.length, walk.mock.calls.length]).toEqual([1, 1])
})

test('an action goes with its component', async () => {
  const zoomIn = vi.fn()
  const { unmount } = await acting({ zoomIn })
  await press('=')
  unmount()
  await press('+')
  expect(zoomIn).toHaveBeenCalledTimes(1)
})

test('single keys are switched off on the sheet, which is remembered; arrows stay', async () => {
  const walk = vi.fn()
  await acting({ walk })
  await show(ShortcutSheet)
  await userEvent.click(screen.getByRole('checkbox', { name: /Single-key shortcuts/, hidden: true }))
  await nextTick()
  expect(localStorage.getItem('single-keys')).toBe('off')
  document.body.replaceChildren()
  await press('?')
  await press('ArrowLeft')
  expect([isSheetOpen.value, walk.mock.calls.length]).toEqual([false, 1])
})

test('the sheet lists what is listened to, to visitors without what is no use to them', async () => {
  const { unmount } = await show(ShortcutSheet)
  const rows = () => screen.getAllByRole('term', { hidden: true }).map((row) => row.textContent)
  expect(rows()).toHaveLength(SHORTCUTS.filter(({ forUsers }) => !forUsers).length)
  unmount()
  await show(ShortcutSheet, { before: () => (useSession().$state.me = aMe()) })
  expect(rows()).toHaveLength(SHORTCUTS.length)
  expect(Object.keys(en.shortcuts.does).sort()).toEqual(SHORTCUTS.map(({ does }) => does).sort())
})
