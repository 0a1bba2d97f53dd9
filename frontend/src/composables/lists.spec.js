import { expect, test, vi } from 'vitest'
import { ref } from 'vue'
import { flushPromises } from '@vue/test-utils'
import { page } from '@/test/server'
import { useIdempotency } from './useIdempotency'
import { usePagedList } from './usePagedList'
import { useResource } from './useResource'

test('pages follow their cursors, and nothing stands twice', async () => {
  const load = vi.fn()
  load.mockResolvedValueOnce(page([{ id: 'a' }, { id: 'b' }], 'next'))
  load.mockResolvedValueOnce(page([{ id: 'b' }, { id: 'c' }]))
  const list = usePagedList(load)
  await list.more()
  await list.more()
  await list.more()
  expect(load.mock.calls).toEqual([[null], ['next']])
  expect(list.items.value.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  expect(list.state.value).toBe('done')
})

test('a page that failed can be asked for again', async () => {
  const load = vi.fn()
  load.mockRejectedValueOnce(new Error('no')).mockResolvedValueOnce(page([]))
  const list = usePagedList(load)
  await list.more()
  expect(list.state.value).toBe('error')
  await list.more()
  expect(list.isEmpty.value).toBe(true)
})

test('an answer from before a restart is dropped', async () => {
  /** @type {any[]} */
  const waiting = []
  const list = usePagedList(() => new Promise((resolve) => waiting.push(resolve)))
  list.more()
  list.restart()
  waiting[1](page([{ id: 'new' }]))
  waiting[0](page([{ id: 'old' }]))
  await flushPromises()
  expect(list.items.value).toEqual([{ id: 'new' }])
})

test('one item is changed, removed or put first', async () => {
  const list = usePagedList(async () => page([{ id: 'a', n: 1 }, { id: 'b', n: 1 }]))
  await list.more()
  list.patch('b', { n: 2 })
  list.remove('a')
  list.prepend({ id: 'c', n: 3 })
  expect(list.items.value).toEqual([{ id: 'c', n: 3 }, { id: 'b', n: 2 }])
})

test('a resource follows its key, and a late answer for another is dropped', async () => {
  const key = ref('slow')
  /** @type {Record<string, any>} */
  const answers = {}
  const resource = useResource(() => new Promise((resolve) => (answers[key.value] = resolve)), () => key.value)
  key.value = 'quick'
  await flushPromises()
  answers.quick('quick')
  answers.slow('slow')
  await flushPromises()
  expect(resource.data.value).toBe('quick')
})

test('reloading quietly keeps what was there when it fails', async () => {
  const load = vi.fn().mockResolvedValueOnce('good').mockRejectedValue(new Error('no'))
  const resource = useResource(load)
  await flushPromises()
  await resource.reload({ keep: true })
  expect([resource.state.value, resource.data.value]).toEqual(['done', 'good'])
  await resource.reload()
  expect(resource.state.value).toBe('error')
})

test('a wish keeps its key until it is heard or changed', () => {
  const wish = useIdempotency()
  const first = wish.keyFor({ tags: ['moon'] })
  expect(wish.keyFor({ tags: ['moon'] })).toBe(first)
  expect(wish.keyFor({ tags: ['sun'] })).not.toBe(first)
  const again = wish.keyFor({ tags: ['sun'] })
  wish.heard()
  expect(wish.keyFor({ tags: ['sun'] })).not.toBe(again)
})
