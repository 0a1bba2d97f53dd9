import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { refusal, serve } from '@/test/server'
import { call, configureClient } from './client'

const Thing = z.object({ name: z.string() })
const intercept = vi.fn()

beforeEach(() => configureClient({ language: () => 'ko', intercept }))
afterEach(() => intercept.mockReset())

test('a change carries the token of the cookie, a read does not', async () => {
  document.cookie = 'csrftoken=abc; path=/'
  const requests = serve({ 'GET /things': { name: 'a' }, 'POST /things': { name: 'a' } })
  await call('GET', '/things', { schema: Thing })
  await call('POST', '/things', { schema: Thing, body: { name: 'a' }, idempotencyKey: 'k' })
  expect(requests[0].headers['X-CSRFToken']).toBeUndefined()
  expect(requests[1].headers).toMatchObject({ 'X-CSRFToken': 'abc', 'Idempotency-Key': 'k', 'Accept-Language': 'ko' })
})

test('what is not asked for is left out of the query', async () => {
  const requests = serve({ 'GET /things': { name: 'a' } })
  await call('GET', '/things', { schema: Thing, query: { q: 'moon', cursor: null, flag: undefined, unread: false } })
  expect(requests[0].query.toString()).toBe('q=moon&unread=false')
})

test('a refusal is told with code, fields and request id, and passes the interceptor once', async () => {
  serve({ 'POST /things': refusal(422, 'VALIDATION_FAILED', { fields: [{ field: 'name', message: 'Too short.' }] }) })
  const error = await call('POST', '/things', { schema: Thing, quiet: true }).catch((one) => one)
  expect(error).toMatchObject({ code: 'VALIDATION_FAILED', status: 422, requestId: 'req-1', fields: { name: 'Too short.' } })
  expect(intercept.mock.calls).toEqual([[error, { quiet: true }]])
})

test('what the body says of the request id goes before the header', async () => {
  serve({ 'GET /things': refusal(500, 'INTERNAL_ERROR', { request_id: 'from-body' }) })
  await expect(call('GET', '/things', { schema: Thing })).rejects.toMatchObject({ requestId: 'from-body', isPassing: true })
})

test('how long to wait is taken from the header', async () => {
  serve({ 'GET /things': refusal(429, 'RATE_LIMITED', {}, { 'Retry-After': '7' }) })
  await expect(call('GET', '/things', { schema: Thing })).rejects.toMatchObject({ retryAfterSeconds: 7 })
})

test('no network is no answer, and is said so', async () => {
  serve({ 'GET /things': new TypeError('failed') })
  await expect(call('GET', '/things', { schema: Thing })).rejects.toMatchObject({ code: 'NETWORK', isOffline: true })
})

test('an answer of another shape is refused rather than shown', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  serve({ 'GET /things': { title: 'a' } })
  await expect(call('GET', '/things', { schema: Thing })).rejects.toMatchObject({ code: 'UNREADABLE_ANSWER' })
})

test('what was given up is not reported', async () => {
  const giving = new AbortController()
  giving.abort()
  serve({ 'GET /things': new DOMException('', 'AbortError') })
  await expect(call('GET', '/things', { schema: Thing, signal: giving.signal })).rejects.toThrow()
  expect(intercept).not.toHaveBeenCalled()
})
