import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { call, tell } from './client.js'

const schema = z.object({ id: z.string() })
const failed = vi.fn()

function answer(body, { status = 200, headers = {} } = {}) {
  fetch.mockResolvedValueOnce(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers }))
}

beforeEach(() => {
  vi.stubGlobal('fetch', vi.fn())
  tell({ language: () => 'ko', failed })
  failed.mockReset()
  document.cookie = 'csrftoken=abc'
})
afterEach(() => vi.unstubAllGlobals())

test('data comes as the schema reads it, asked for in the language', async () => {
  answer({ success: true, data: { id: '1', more: 2 } })
  expect(await call('GET', '/x', { schema, query: { a: 'ä', b: undefined, c: '' } })).toEqual({ id: '1' })
  const [url, { headers }] = fetch.mock.calls[0]
  expect(url).toBe('/api/x?a=%C3%A4')
  expect(headers['Accept-Language']).toBe('ko')
  expect(headers).not.toHaveProperty('X-CSRFToken')
})

test('changes carry the token of the cookie and the key', async () => {
  answer({ success: true, data: { id: '1' } })
  await call('POST', '/x', { schema, body: { a: 1 }, key: 'k' })
  const [, { headers, body }] = fetch.mock.calls[0]
  expect(headers).toMatchObject({ 'X-CSRFToken': 'abc', 'Idempotency-Key': 'k', 'Content-Type': 'application/json' })
  expect(body).toBe('{"a":1}')
})

test('an error is told once, with its fields and the id of the request', async () => {
  const fields = [{ field: 'title', message: 'too long' }]
  answer({ success: false, error: { code: 'VALIDATION_FAILED', message: 'm', details: { fields } } }, { status: 422, headers: { 'X-Request-Id': 'r1' } })
  const error = await call('GET', '/x', { schema }).catch((one) => one)
  expect(error).toMatchObject({ status: 422, code: 'VALIDATION_FAILED', message: 'm', requestId: 'r1', fields: { title: 'too long' } })
  expect(failed).toHaveBeenCalledExactlyOnceWith(error)
})

test.each([
  ['a page instead of JSON', '<html>', 502],
  ['data of another shape', { success: true, data: { id: 5 } }, 200],
])('%s is an answer that cannot be read', async (_, body, status) => {
  answer(body, { status })
  await expect(call('GET', '/x', { schema })).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' })
})

test('no connection is offline; what was given up is nobody’s error', async () => {
  fetch.mockRejectedValueOnce(new TypeError('Failed to fetch'))
  await expect(call('GET', '/x', { schema })).rejects.toMatchObject({ code: 'OFFLINE' })
  failed.mockReset()
  const giving = new AbortController()
  fetch.mockImplementationOnce(async () => {
    giving.abort()
    throw new DOMException('', 'AbortError')
  })
  await expect(call('GET', '/x', { schema, signal: giving.signal })).rejects.toMatchObject({ name: 'AbortError' })
  expect(failed).not.toHaveBeenCalled()
})
