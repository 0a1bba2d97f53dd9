import { expect, test, vi } from 'vitest'
import { usePagedList } from './usePagedList.js'

const page = (ids, next = null) => ({ results: ids.map((id) => ({ id })), next_cursor: next, has_more: !!next })
const ids = (list) => list.items.value.map(({ id }) => id)

test('pages follow each other, nothing twice, to the end', async () => {
  const fetchPage = vi.fn().mockResolvedValueOnce(page(['a', 'b'], 'c1')).mockResolvedValueOnce(page(['b', 'c']))
  const list = usePagedList(fetchPage)
  await list.more()
  await list.more()
  await list.more()
  expect(ids(list)).toEqual(['a', 'b', 'c'])
  expect(fetchPage.mock.calls.map(([cursor]) => cursor)).toEqual([null, 'c1'])
  expect(list.state.value).toBe('done')
})

test('a page that failed can be asked for again', async () => {
  const fetchPage = vi.fn().mockRejectedValueOnce(new Error('no')).mockResolvedValueOnce(page(['a']))
  const list = usePagedList(fetchPage)
  await list.more()
  expect([list.state.value, list.error.value.message]).toEqual(['failed', 'no'])
  await list.more()
  expect(ids(list)).toEqual(['a'])
})

test('what was asked before a restart is dropped', async () => {
  let late
  const fetchPage = vi
    .fn()
    .mockImplementationOnce(() => new Promise((done) => (late = done)))
    .mockResolvedValueOnce(page(['new']))
  const list = usePagedList(fetchPage)
  void list.more()
  await list.restart()
  late(page(['old']))
  await Promise.resolve()
  expect(ids(list)).toEqual(['new'])
})
