import { fireEvent, render, screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import App from '@/App.vue'
import { useSession } from '@/features/accounts/session'
import { i18n } from '@/i18n'
import { createAppRouter } from '@/router'
import { listen } from '@/shell/shortcuts/listen'
import { aGeneration, aMe, aStyle } from '@/test/factories'
import { page, serve } from '@/test/server'
import { createPause } from './useWalk'

const made = (id, given = {}) =>
  aGeneration({ id, status: 'completed', image_url: `/media/${id}.png`, thumbnail_url: `/media/${id}.webp`, is_own: false, ...given })
const [g1, g2, g3] = [made('g1'), made('g2', { style: { ...made('x').style, title: 'Loud Seas' } }), made('g3')]
const answers = {
  'GET /generations/feed': (/** @type {any} */ { query }) => (query.get('cursor') ? page([g3]) : page([g1, g2], 'next')),
  'GET /generations/g1': g1, 'GET /generations/g2': g2, 'GET /generations/g3': g3, 'GET /styles/style-1': aStyle(),
  'GET /auth/me': aMe(), 'POST /generations/g1/like': { is_liked: true, like_count: 1 },
}
let stop = () => {}

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000)
  vi.stubGlobal('scrollTo', vi.fn())
  vi.stubGlobal('scrollBy', vi.fn())
  document.cookie = 'csrftoken=abc; path=/'
})
afterEach(() => stop())

async function visit(path = '/en') {
  const requests = serve(answers)
  history.replaceState(null, '', path)
  const pinia = createPinia()
  setActivePinia(pinia)
  useSession().$state.me = aMe()
  const router = createAppRouter()
  stop = listen(router)
  render(App, { global: { plugins: [pinia, i18n, router] } })
  await router.isReady()
  return { router, requests, user: userEvent.setup() }
}

const card = (name = /Quiet Harbours.* by/) => screen.findAllByRole('link', { name }).then(([first]) => first)
const dialog = () => screen.findByRole('dialog')
const press = (key) => fireEvent.keyDown(document.activeElement ?? document.body, { key })
const isAt = (path) => waitFor(() => expect(location.pathname).toBe(path))

test('an image opens over its list, under its own address, and leads back to its card', async () => {
  const { user } = await visit()
  const link = await card()
  await user.click(link)
  const opened = await dialog()
  expect(await within(opened).findByRole('heading', { level: 2, name: 'Quiet Harbours' })).toBeInTheDocument()
  expect(location.pathname).toBe('/en/images/g1')
  expect(document.title).toBe('Image in the style “Quiet Harbours” by Alice Lin · Style License')
  expect(screen.getByRole('feed', { hidden: true })).toContainElement(link)
  await fireEvent(opened, new Event('cancel', { cancelable: true }))
  await isAt('/en')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  await waitFor(() => expect(link).toHaveFocus())
  expect([document.title, vi.mocked(scrollTo).mock.calls.filter(([to]) => /** @type {any} */ (to).top)]).toEqual(['Style License', []])
})

test('it is left by a press beside it, not by one that began on it', async () => {
  const { user } = await visit()
  await user.click(await card())
  const opened = await dialog()
  await fireEvent.pointerDown(screen.getByRole('button', { name: 'Close' }))
  await fireEvent.click(opened)
  expect(location.pathname).toBe('/en/images/g1')
  await fireEvent.pointerDown(opened)
  await fireEvent.click(opened)
  await isAt('/en')
})

test('arrows walk through the list, whose next page comes in time, and its ends are ends', async () => {
  const { user, requests } = await visit()
  await user.click(await card())
  await dialog()
  await waitFor(() => expect(requests.filter(({ query }) => query.get('cursor'))).toHaveLength(1))
  await press('ArrowLeft')
  expect(location.pathname).toBe('/en/images/g1')
  await press('ArrowRight')
  await isAt('/en/images/g2')
  expect(screen.getByText('2 of 3. Image in the style “Loud Seas” by Alice Lin')).toHaveAttribute('role', 'status')
  await user.click(screen.getByRole('button', { name: 'Next image' }))
  await isAt('/en/images/g3')
  expect(screen.getByRole('button', { name: 'Next image' })).toHaveAttribute('aria-disabled', 'true')
  await press('ArrowRight')
  expect(location.pathname).toBe('/en/images/g3')
  await user.click(screen.getByRole('button', { name: 'Close' }))
  await isAt('/en')
})

test('drawn near, arrows move the image and do not walk', async () => {
  const { user } = await visit()
  await user.click(await card())
  await dialog()
  await press('+')
  await press('ArrowRight')
  expect(location.pathname).toBe('/en/images/g1')
  await press('0')
  await press('ArrowRight')
  await isAt('/en/images/g2')
})

test('l likes, there and in the list', async () => {
  const { user, requests } = await visit()
  await user.click(await card())
  await within(await dialog()).findByRole('button', { name: /^Like, / })
  await press('l')
  await waitFor(() => expect(requests.map(({ path }) => path)).toContain('/generations/g1/like'))
  expect(screen.getAllByRole('button', { name: 'Like, 1 so far', hidden: true, pressed: true })).toHaveLength(2)
})

test('a link in it leads away; the way back leads to it', async () => {
  const { user, router } = await visit()
  await user.click(await card())
  await user.click(await within(await dialog()).findByRole('link', { name: 'Create with this style' }))
  await isAt('/en/styles/style-1')
  expect(screen.queryByRole('dialog')).toBeNull()
  router.back()
  await isAt('/en/images/g1')
  expect(await dialog()).toBeInTheDocument()
})

test('a link to the page beneath shows that page from its top', async () => {
  const { user } = await visit('/en/styles/style-1')
  const title = await waitFor(() => (expect(document.title).toContain('Quiet Harbours'), document.title))
  await user.click(await card())
  const { length } = vi.mocked(scrollTo).mock.calls
  await user.click(await within(await dialog()).findByRole('link', { name: 'Create with this style' }))
  await isAt('/en/styles/style-1')
  await waitFor(() => expect(screen.getByRole('main')).toHaveFocus())
  expect([document.title, vi.mocked(scrollTo).mock.calls.slice(length)]).toEqual([title, [[expect.objectContaining({ top: 0 })]]])
})

test('its address alone gives the page of its own', async () => {
  await visit('/en/images/g1')
  expect(await screen.findByRole('heading', { level: 1, name: 'Quiet Harbours' })).toBeInTheDocument()
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('after a reload, what was under it is not there to lie over', async () => {
  serve(answers)
  history.replaceState({ background: '/en' }, '', '/en/images/g1')
  const pinia = createPinia()
  setActivePinia(pinia)
  const router = createAppRouter()
  render(App, { global: { plugins: [pinia, i18n, router] } })
  expect(await screen.findByRole('heading', { level: 1, name: 'Quiet Harbours' })).toBeInTheDocument()
})

test('the first step asks at once, hurried ones where they end', async () => {
  vi.useFakeTimers()
  const pause = createPause()
  const ended = vi.fn()
  await pause()
  pause().then(ended)
  await vi.advanceTimersByTimeAsync(100)
  expect(ended).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(200)
  expect(ended).toHaveBeenCalled()
})
