import { render, screen, waitFor } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import App from '@/App.vue'
import { i18n } from '@/i18n'
import { createAppRouter } from '@/router'
import { aStyle } from '@/test/factories'
import { page, refusal, serve } from '@/test/server'

const PAUSE_MS = 250

beforeEach(() => {
  vi.stubGlobal('scrollTo', vi.fn())
  serve({
    'GET /styles': page([aStyle()]),
    'GET /styles/style-1': refusal(404, 'NOT_FOUND'),
    'GET /search': { query: 'moon', styles: [], artists: [] },
    'GET /auth/me': refusal(401, 'UNAUTHENTICATED'),
  })
})

async function visit() {
  history.replaceState(null, '', '/en/search')
  const pinia = createPinia()
  setActivePinia(pinia)
  const router = createAppRouter()
  render(App, { global: { plugins: [pinia, i18n, router] } })
  await router.isReady()
}

test('what is typed is searched for after a pause, and stands in the address', async () => {
  await visit()
  await userEvent.type(await screen.findByRole('searchbox'), 'moon')
  await waitFor(() => expect(location.search).toBe('?q=moon'))
})

test('whoever types and then opens a style at once is not called back', async () => {
  await visit()
  const style = await screen.findByRole('link', { name: /Quiet Harbours/ })
  await userEvent.type(screen.getByRole('searchbox'), 'moon')
  await userEvent.click(style)
  await new Promise((done) => setTimeout(done, PAUSE_MS * 2))
  expect(location.pathname + location.search).toBe('/en/styles/style-1')
})
