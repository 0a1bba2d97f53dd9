import { cleanup, screen, waitFor } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { useSession } from '@/features/accounts/session'
import { aGeneration, aMe } from '@/test/factories'
import { page, refusal, serve } from '@/test/server'
import { show } from '@/test/show'
import { useToasts } from '@/ui/toasts'
import FeedPage from './FeedPage.vue'
import ImagePage from './ImagePage.vue'
import MyImagesPage from './MyImagesPage.vue'
import { sources } from './sources'

const made = (given = {}) =>
  aGeneration({
    id: 'g1', status: 'completed', image_url: '/media/g1.png', thumbnail_url: '/media/g1.webp', download_url: '/s3/g1',
    completed_at: '2026-11-23T10:01:00.000Z', ...given,
  })
const signIn = () => (useSession().$state.me = aMe())
const visit = (image, answers = {}, lang = /** @type {'en' | 'ko'} */ ('en')) => {
  const requests = serve({ 'GET /generations/g1': image, 'GET /generations/g1/comments': page([]), 'GET /auth/me': aMe(), ...answers })
  return show(ImagePage, { path: '/images/g1', lang, before: signIn }).then((shown) => ({ ...shown, requests }))
}

beforeEach(() => {
  document.cookie = 'csrftoken=abc; path=/'
  HTMLElement.prototype.scrollTo ??= () => {}
})

test('an image stands with its licence: what may be done, whose it is, its number', async () => {
  await visit(made())
  const licence = await screen.findByRole('region', { name: 'Licence' })
  expect(licence).toHaveTextContent('use it commercially')
  expect(licence).toHaveTextContent("Alice Lin's signature stays on the picture")
  expect(licence).toHaveTextContent('g1')
})

test('its owner publishes it, and may take that back', async () => {
  const { requests } = await visit(made(), { 'PATCH /generations/g1': (/** @type {any} */ { body }) => made(body) })
  await userEvent.click(await screen.findByRole('button', { name: 'Publish' }))
  expect(await screen.findByRole('button', { name: 'Make private' })).toBeInTheDocument()
  useToasts().toasts[0].action?.run()
  expect(await screen.findByRole('button', { name: 'Publish' })).toBeInTheDocument()
  expect(requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body.is_public)).toEqual([true, false])
})

test('each download says first that the picture is made by AI', async () => {
  await visit(made())
  await userEvent.click(await screen.findByRole('button', { name: 'Download' }))
  expect(screen.getByText('This picture is made by AI')).toBeInTheDocument()
})

test('what is in line says where it stands, and is canceled with the tokens back', async () => {
  const waiting = aGeneration({ id: 'g1', place_in_line: { position: 3, estimated_start_seconds: 40 } })
  await visit(waiting, { 'POST /generations/g1/cancel': { ...waiting, status: 'canceled', place_in_line: null } })
  expect(await screen.findByText('Number 3 in line, starts in about 40 s')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Cancel and get the tokens back' }))
  expect(await screen.findByText('10 tokens went back to you.')).toBeInTheDocument()
})

test('what failed says why, and that the tokens are back', async () => {
  await visit(aGeneration({ id: 'g1', status: 'failed', failure: { code: 'GENERATION_FAILED', message: 'The worker was lost.', details: {} } }))
  expect(await screen.findByText('The worker was lost. 10 tokens went back to you.')).toBeInTheDocument()
})

test('progress is what the worker reported', async () => {
  const progress = { current_step: 5, total_steps: 20, progress_percent: 25, estimated_seconds: 8, last_updated: '2026-11-23T10:00:00.000Z' }
  await visit(aGeneration({ id: 'g1', status: 'processing', progress }), {}, 'ko')
  expect(await screen.findByRole('progressbar', { name: '그리는 중' })).toHaveAttribute('aria-valuenow', '25')
  expect(screen.getByText('약 8초 남음')).toBeInTheDocument()
})

test('a public image’s link is copied, and so is its licence number; a private one has no link to share', async () => {
  userEvent.setup()
  const { clipboard } = navigator
  await visit(made({ is_public: true }))
  await userEvent.click(await screen.findByRole('button', { name: 'Share' }))
  expect(await clipboard.readText()).toBe('http://localhost:3000/en/images/g1')
  await userEvent.click(screen.getByRole('button', { name: 'Copy the licence number' }))
  expect(await clipboard.readText()).toBe('g1')
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('denied'))
  await userEvent.click(screen.getByRole('button', { name: 'Share' }))
  expect(useToasts().toasts.at(-1)?.text).toMatch(/could not be copied/)
  cleanup()
  await visit(made({ is_public: false }))
  await screen.findByRole('region', { name: 'Licence' })
  expect(screen.queryByRole('button', { name: 'Share' })).toBeNull()
})

test('its description is edited in place', async () => {
  await visit(made(), { 'PATCH /generations/g1': (/** @type {any} */ { body }) => made(body) })
  await userEvent.click(await screen.findByRole('button', { name: 'Edit description' }))
  await userEvent.type(screen.getByLabelText('Description'), 'Evening')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Evening')).toBeInTheDocument()
})

test('a page that our side broke shows the number to find it by, and tries again', async () => {
  let broken = true
  await visit(() => (broken ? refusal(500, 'INTERNAL_ERROR', { request_id: 'req-77' }) : made()))
  expect(await screen.findByText('Request req-77')).toBeInTheDocument()
  broken = false
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('region', { name: 'Licence' })).toBeInTheDocument()
})

test('an empty feed says so, one that fails can be tried again', async () => {
  let fails = true
  serve({ 'GET /generations/feed': () => (fails ? refusal(503, 'UPSTREAM_UNAVAILABLE') : page([])) })
  await show(FeedPage)
  await userEvent.click(await screen.findByRole('button', { name: 'Try again' }))
  fails = false
  await userEvent.click(await screen.findByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('Nothing has been published yet')).toBeInTheDocument()
})

test('one shows one’s own images by who may see them', async () => {
  const requests = serve({ 'GET /generations/me': page([]) })
  const { router } = await show(MyImagesPage, { path: '/me', before: signIn })
  expect(await screen.findByText('No images here yet')).toBeInTheDocument()
  await router.push('/en/me?show=private')
  await waitFor(() => expect(requests.at(-1)?.query.get('is_public')).toBe('false'))
})

test('what one likes is a tab of its own', async () => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000)
  const requests = serve({
    'GET /users/me/likes': page([made({ is_liked: true, like_count: 1, is_own: false })]),
    'DELETE /generations/g1/like': { is_liked: false, like_count: 0 },
  })
  await show(MyImagesPage, { path: '/me?show=liked', before: signIn })
  await userEvent.click(await screen.findByRole('button', { name: /^Like/, pressed: true }))
  expect(await screen.findByRole('button', { name: /^Like/, pressed: false })).toBeInTheDocument()
  await waitFor(() => expect(requests.map(({ method, path }) => `${method} ${path}`)).toContain('DELETE /generations/g1/like'))
})

test('an image that was underway when the list was asked for is shown once it is there', async () => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000)
  serve({
    'GET /generations/me': page([aGeneration({ id: 'g1', status: 'processing' })]),
    'GET /generations/g1': made(),
    'GET /auth/me': aMe(),
  })
  const { container } = await show(MyImagesPage, { path: '/me', before: signIn })
  await waitFor(() => expect(container.querySelector('article img')).toHaveAttribute('src', '/media/g1.png'))
})

test('a tall picture offers its thumbnail at the width it has', () => {
  const tall = { image_url: 'full', preview_url: null, thumbnail_url: 'small', width: 512, height: 1024 }
  expect(sources(tall, '50vw').srcset).toBe('small 128w, full 512w')
  expect(sources({ ...tall, preview_url: 'preview' }, '50vw').srcset).toBe('small 128w, preview 512w')
  expect(sources({ ...tall, preview_url: 'preview', width: 1024 }, '50vw').srcset).toBe('small 256w, preview 640w')
})

const three = ['g1', 'g2', 'g3'].map((id) => made({ id, is_public: false }))
const chooseAll = async () => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000)
  const { container } = await show(MyImagesPage, { path: '/me', before: signIn })
  await userEvent.click(await screen.findByRole('button', { name: 'Select' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Select all' }))
  return container
}

test('several images are published together, and made private again', async () => {
  const requests = serve({
    'GET /generations/me': page([...three, aGeneration({ id: 'g4', status: 'failed' })]),
    'PATCH /generations/*': (/** @type {any} */ { path, body }) => made({ id: path.split('/').at(-1), ...body }),
  })
  await chooseAll()
  expect(screen.getAllByRole('checkbox')).toHaveLength(3)
  expect(screen.getByText('3 selected')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Publish' }))
  await waitFor(() => expect(useToasts().toasts[0].text).toBe('Everybody can see these 3 images now.'))
  expect(await screen.findByRole('button', { name: 'Select' })).toBeInTheDocument()
  useToasts().toasts[0].action?.run()
  await waitFor(() => expect(requests.filter(({ method }) => method === 'PATCH')).toHaveLength(6))
  expect(requests.slice(-3).map(({ body }) => body.is_public)).toEqual([false, false, false])
})

test('those of several that cannot be published go back, and stay selected', async () => {
  serve({
    'GET /generations/me': page(three),
    'PATCH /generations/*': (/** @type {any} */ { path, body }) => (path.endsWith('g2') ? refusal(409, 'CONFLICT') : made({ id: path.slice(-2), ...body })),
  })
  await chooseAll()
  await userEvent.click(screen.getByRole('button', { name: 'Publish' }))
  await waitFor(() => expect(useToasts().toasts.map(({ text }) => text)).toEqual([
    'Everybody can see these 2 images now.',
    'One image could not be changed. It is still selected.',
  ]))
  expect(screen.getByText('1 selected')).toBeInTheDocument()
  expect(screen.getAllByText('Public', { selector: '.sr-only' })).toHaveLength(2)
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(screen.getByRole('button', { name: 'Select' })).toHaveFocus())
})
