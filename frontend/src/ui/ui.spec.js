import { fireEvent, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia, setActivePinia } from 'pinia'
import { expect, test, vi } from 'vitest'
import { show } from '@/test/show'
import { layOut } from './masonry'
import { isEnglish, normalised } from './tags'
import { useToasts } from './toasts'
import UiButton from './UiButton.vue'
import UiMenu from './UiMenu.vue'
import UiTags from './UiTags.vue'

const tags = async (given = /** @type {string[]} */ ([])) => {
  const told = vi.fn()
  const shown = await show(UiTags, {
    props: { label: 'Tags', modelValue: given, offers: ['moon', 'sun'], 'onUpdate:modelValue': (value) => {
      told(value)
      shown.rerender({ modelValue: value })
    } },
  })
  return told
}

test.each([
  ['  Water   Colour ', 'water colour'],
  ['ＭＯＯＮ', 'moon'],
])('a tag is spelt as the server spells it: %s', (text, spelt) => expect(normalised(text)).toBe(spelt))

test('English is what its letters are', () => {
  expect([isEnglish("fox's den 2"), isEnglish('여우'), isEnglish('ＭＯＯＮ')]).toEqual([true, false, true])
})

test('Enter and comma make tags, Backspace takes the last one back', async () => {
  const told = await tags()
  const field = screen.getByLabelText('Tags')
  await userEvent.type(field, 'Blue Sky,moon{Enter}')
  expect(told).toHaveBeenLastCalledWith(['blue sky', 'moon'])
  await userEvent.type(field, '{Backspace}')
  expect(told).toHaveBeenLastCalledWith(['blue sky'])
})

test('Korean stays in the field, with the reason', async () => {
  const told = await tags()
  const field = screen.getByLabelText('Tags')
  await userEvent.type(field, '달{Enter}')
  expect(field).toHaveValue('달')
  expect(field).toHaveAccessibleDescription(/Tags are in English/)
  expect(told).not.toHaveBeenCalled()
})

test('the Enter that ends a syllable makes no tag', async () => {
  const told = await tags()
  const field = screen.getByLabelText('Tags')
  await fireEvent.update(field, 'moon')
  await fireEvent.keyDown(field, { key: 'Enter', isComposing: true })
  expect(told).not.toHaveBeenCalled()
})

test('an offer is taken once', async () => {
  const told = await tags(['moon'])
  expect(screen.queryByRole('button', { name: 'Add the tag moon' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Add the tag sun' }))
  expect(told).toHaveBeenLastCalledWith(['moon', 'sun'])
})

test('a busy button does nothing and keeps its focus', async () => {
  const onClick = vi.fn()
  await show(UiButton, { props: { busy: true, onClick }, slots: { default: 'Pay' } })
  const button = screen.getByRole('button', { name: 'Pay' })
  await userEvent.click(button)
  expect(onClick).not.toHaveBeenCalled()
  expect(button).toHaveFocus()
})

test('a menu opens, and Escape gives the focus back', async () => {
  await show(UiMenu, { props: { label: 'Account' }, slots: { default: '<a href="#a">First</a>' } })
  const button = screen.getByRole('button', { name: 'Account' })
  expect(screen.queryByText('First')).toBeNull()
  await userEvent.click(button)
  await userEvent.tab()
  expect(screen.getByText('First')).toHaveFocus()
  await userEvent.keyboard('{Escape}')
  expect(button).toHaveAttribute('aria-expanded', 'false')
  expect(button).toHaveFocus()
})

test('boxes stand under the shortest column, in the order given', () => {
  const sizes = [1, 2, 1, 1].map((tall) => ({ width: 100, height: 100 * tall }))
  const { boxes, height, columns } = layOut(sizes, { room: 210, column: 100, gap: 10, foot: 0 })
  expect(columns).toBe(2)
  expect(boxes.map(({ left, top }) => [left, top])).toEqual([[0, 0], [110, 0], [0, 110], [110, 210]])
  expect(height).toBe(310)
})

test('a message goes by itself, but not while it is read', () => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  const toasts = useToasts()
  const id = toasts.done('Saved.')
  toasts.pause(id)
  vi.advanceTimersByTime(60_000)
  expect(toasts.toasts).toHaveLength(1)
  toasts.resume(id)
  vi.advanceTimersByTime(5000)
  expect(toasts.toasts).toHaveLength(0)
})

test('the same said twice stands once', () => {
  setActivePinia(createPinia())
  const toasts = useToasts()
  toasts.wrong('No.')
  toasts.wrong('No.')
  expect(toasts.toasts).toHaveLength(1)
})
