import { render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import { createGeneration, fetchMe } from '@/api/endpoints.js'
import { ApiError } from '@/api/errors.js'
import { useSession } from '@/features/accounts/session.js'
import en from '@/i18n/locales/en.json'
import GeneratePanel from './GeneratePanel.vue'

vi.mock('@/api/endpoints.js', () => ({ createGeneration: vi.fn(), fetchMe: vi.fn(), fetchGeneration: vi.fn(() => new Promise(() => {})), cancelGeneration: vi.fn() }))

const style = { id: 's1', title: 'Gold', generation_cost_tokens: 30, tags: ['moon', 'hills'] }
const made = {
  id: 'g1',
  style: { id: 's1', title: 'Gold', artist: { id: 'a', artist_name: 'Alice' } },
  status: 'queued',
  price_tokens: 30,
  width: 512,
  height: 512,
  image_url: null,
  progress: null,
  place_in_line: { position: 2, estimated_start_seconds: 40 },
  failure: null,
}

async function show(balance) {
  const pinia = createPinia()
  setActivePinia(pinia)
  fetchMe.mockResolvedValue(balance === null ? null : { id: 'b', token_balance: balance })
  const path = '/:language/styles/:id'
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path, name: 'style', component: { template: '<i/>' } },
      { path: '/:language/login', name: 'login', component: { template: '<i/>' } },
    ],
  })
  await router.push('/en/styles/s1')
  await useSession().know()
  const i18n = createI18n({ legacy: false, locale: 'en', messages: { en } })
  render(GeneratePanel, { props: { styleOf: style }, global: { plugins: [pinia, router, i18n] } })
}

beforeEach(() => vi.clearAllMocks())

test('the price, what there is and what will be left are told before', async () => {
  await show(100)
  expect(screen.getByText('30 tokens · you have 100 tokens, then 70 tokens')).toBeInTheDocument()
})

test('an order holds the tags and the shape, and then its place in line', async () => {
  await show(100)
  createGeneration.mockResolvedValue(made)
  const user = userEvent.setup()
  await user.type(screen.getByRole('textbox'), 'Red house, sunset')
  await user.click(screen.getByRole('button', { name: 'moon' }))
  await user.click(screen.getByRole('radio', { name: /Tall/ }))
  await user.click(screen.getByRole('button', { name: 'Create for 30 tokens' }))
  expect(createGeneration).toHaveBeenCalledExactlyOnceWith(
    { style_id: 's1', prompt_tags: ['red house', 'sunset', 'moon'], aspect_ratio: '1:2' },
    expect.any(String),
  )
  expect(await screen.findByRole('status')).toHaveTextContent('In line, place 2')
})

test('sent again after an error it is the same order; changed, another', async () => {
  await show(100)
  const user = userEvent.setup()
  createGeneration.mockRejectedValue(new ApiError({ status: 503, code: 'UPSTREAM_UNAVAILABLE', message: 'Later.' }))
  const button = () => screen.getByRole('button', { name: 'Create for 30 tokens' })
  await user.type(screen.getByRole('textbox'), 'house')
  await user.click(button())
  expect(await screen.findByRole('alert')).toHaveTextContent('Later.')
  await user.click(button())
  await user.type(screen.getByRole('textbox'), 's')
  await user.click(button())
  const keys = createGeneration.mock.calls.map(([, key]) => key)
  expect(keys[0]).toBe(keys[1])
  expect(keys[2]).not.toBe(keys[0])
})

test('Korean tags are told at once and never sent', async () => {
  await show(100)
  const user = userEvent.setup()
  await user.type(screen.getByRole('textbox'), '빨간 집')
  expect(screen.getByText('Tags are English words.')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: /Create for/ }))
  expect(createGeneration).not.toHaveBeenCalled()
})

test('without enough tokens nothing can be ordered', async () => {
  await show(10)
  expect(screen.getByText('30 tokens, and you have 10 tokens.')).toBeInTheDocument()
  expect(screen.getByRole('button', { name: /Create for/ })).toBeDisabled()
})
