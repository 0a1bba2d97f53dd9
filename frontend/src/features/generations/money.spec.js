import { screen, waitFor } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { useSession } from '@/features/accounts/session'
import { aGeneration, aMe, aStyle } from '@/test/factories'
import { refusal, serve } from '@/test/server'
import { show } from '@/test/show'
import CostLine from './CostLine.vue'
import GeneratePanel from './GeneratePanel.vue'

const panel = (balance, lang = /** @type {'en' | 'ko'} */ ('en')) =>
  show(GeneratePanel, {
    props: { styleWork: aStyle() },
    lang,
    path: '/styles/style-1',
    before: () => {
      document.cookie = 'csrftoken=abc; path=/'
      if (balance !== null) useSession().$state.me = aMe({ token_balance: balance })
    },
  })

test.each([
  ['en', 42, 'You have 42 tokens; 32 tokens will be left.'],
  ['en', 3, 'You have 3 tokens; 7 tokens more are needed.'],
  ['en', 11, 'You have 11 tokens; 1 token will be left.'],
  ['ko', 42, '보유 토큰 42개, 만든 뒤 토큰 32개 남아요.'],
  ['ko', 1003, '보유 토큰 1,003개, 만든 뒤 토큰 993개 남아요.'],
])('%s: with %i tokens the price of 10 is spelt out', async (lang, balance, words) => {
  await show(CostLine, { props: { price: 10, balance }, lang: /** @type {any} */ (lang) })
  expect(screen.getByText(words)).toBeInTheDocument()
})

test('a request holds its tokens, is followed, and the new balance is shown', async () => {
  const requests = serve({
    'POST /generations': aGeneration({ id: 'g9' }),
    'GET /auth/me': aMe({ token_balance: 32 }),
  })
  await panel(42)
  await userEvent.type(screen.getByLabelText('What should it show?'), 'Moon, boat{Enter}')
  await userEvent.click(screen.getByRole('button', { name: 'Create' }))
  const [sent] = requests
  expect(sent.body).toEqual({ style_id: 'style-1', prompt_tags: ['moon', 'boat'], aspect_ratio: '1:1', description: '' })
  expect(sent.headers['Idempotency-Key']).toMatch(/^[0-9a-f-]{36}$/)
  expect(await screen.findByText('You have 32 tokens; 22 tokens will be left.')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'moon: In line' })).toBeInTheDocument()
})

test('a lost answer is asked for again under the same key', async () => {
  let lost = true
  const requests = serve({
    'POST /generations': () => {
      if (!lost) return aGeneration()
      lost = false
      return new TypeError('network')
    },
    'GET /auth/me': aMe(),
  })
  await panel(42)
  await userEvent.type(screen.getByLabelText('What should it show?'), 'moon{Enter}')
  await userEvent.click(screen.getByRole('button', { name: 'Create' }))
  expect(await screen.findByText(/You seem to be offline/)).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Create' }))
  await waitFor(() => expect(requests.length).toBeGreaterThan(1))
  expect(requests[1].headers['Idempotency-Key']).toBe(requests[0].headers['Idempotency-Key'])
})

test('nothing is sent without a tag', async () => {
  const requests = serve({})
  await panel(42)
  await userEvent.click(screen.getByRole('button', { name: 'Create' }))
  expect(await screen.findByText(/at least one tag/)).toBeInTheDocument()
  expect(requests).toEqual([])
})

test('who is short is shown the way to tokens instead', async () => {
  await panel(3)
  expect(screen.getByRole('link', { name: 'Get tokens' })).toHaveAttribute('href', '/en/tokens')
  expect(screen.queryByRole('button', { name: 'Create' })).toBeNull()
})

test('a balance spent elsewhere is corrected by the refusal', async () => {
  serve({ 'POST /generations': refusal(402, 'INSUFFICIENT_TOKENS', { required: 10, available: 4 }) })
  await panel(42)
  await userEvent.type(screen.getByLabelText('What should it show?'), 'moon{Enter}')
  await userEvent.click(screen.getByRole('button', { name: 'Create' }))
  expect(await screen.findByText('You have 4 tokens; 6 tokens more are needed.')).toBeInTheDocument()
})

test('a refused tag is said at the tags', async () => {
  serve({ 'POST /generations': refusal(422, 'TAG_NOT_ALLOWED', { tag: 'moon' }) })
  await panel(42)
  const field = screen.getByLabelText('What should it show?')
  await userEvent.type(field, 'moon{Enter}')
  await userEvent.click(screen.getByRole('button', { name: 'Create' }))
  await waitFor(() => expect(field).toHaveAccessibleDescription(/TAG_NOT_ALLOWED in words/))
})

test('a visitor signs in and comes back here', async () => {
  await panel(null, 'ko')
  expect(screen.getByRole('link', { name: '로그인하고 만들기' })).toHaveAttribute('href', '/api/auth/google/login?next=%2Fko%2Fstyles%2Fstyle-1')
})
