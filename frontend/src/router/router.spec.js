import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { createMemoryHistory } from 'vue-router'
import { aMe } from '@/test/factories'
import { refusal, serve } from '@/test/server'
import { createAppRouter } from '.'

const artist = { artist_name: 'Alice', earned_token_balance: 0, follower_count: 0, signature_url: '/s.png' }

beforeEach(() => setActivePinia(createPinia()))

/** @param {string} path @param {any} me null for a visitor */
async function visit(path, me) {
  if (me) document.cookie = 'csrftoken=abc; path=/'
  serve({ 'GET /auth/me': me })
  const router = createAppRouter(createMemoryHistory())
  await router.push(path)
  return router.currentRoute.value.fullPath
}

test.each([
  ['/', null, '/en'],
  ['/purchase/success?orderId=o1', aMe(), '/en/purchase/success?orderId=o1'],
  ['/login?error=denied', null, '/en/login?error=denied'],
  ['/ko/tokens', null, '/ko/login?next=/ko/tokens'],
  ['/ko/tokens', aMe(), '/ko/tokens'],
  ['/en/studio', aMe(), '/en/forbidden?needs=artist'],
  ['/en/studio', aMe({ role: 'artist', artist }), '/en/studio'],
  ['/en/operator/ledger', aMe({ role: 'artist', artist }), '/en/forbidden?needs=operator'],
  ['/en/operator/ledger', aMe({ is_operator: true }), '/en/operator/ledger'],
])('%s', async (path, me, end) => expect(await visit(path, me)).toBe(end))

test('the language somebody chose before is kept for addresses without one', async () => {
  localStorage.setItem('language', 'ko')
  expect(await visit('/', null)).toBe('/ko')
  expect(document.documentElement.lang).toBe('ko')
})

test('a session that has ended leads to the door', async () => {
  expect(await visit('/en/tokens', refusal(401, 'UNAUTHORIZED'))).toBe('/en/login?next=/en/tokens')
})
