import { screen, waitFor } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useSession } from '@/features/accounts/session'
import { aMe, aStyle } from '@/test/factories'
import { page, refusal, serve } from '@/test/server'
import { show } from '@/test/show'
import { useStyleDraft } from './draft'
import { problemsOf } from './draftProblems'
import StudioPage from './StudioPage.vue'
import StyleEditPage from './StyleEditPage.vue'
import StylePage from './StylePage.vue'
import StyleWizardPage from './StyleWizardPage.vue'
import TrainingPage from './TrainingPage.vue'

vi.mock('@/features/uploads/send', () => ({
  sendFiles: vi.fn(async (_, files, { onDone, onFailed }) =>
    files.forEach((file, index) => (file.name === 'lost.png' ? onFailed(index) : onDone(index, `key-${file.name}`))),
  ),
}))

const file = (name, type = 'image/png') => new File(['x'], name, { type })
const ten = Array.from({ length: 10 }, (_, index) => file(`${index}.png`))
const artist = { artist_name: 'Alice Lin', earned_token_balance: 0, follower_count: 0, signature_url: '/s.png' }
const asAlice = () => (useSession().$state.me = aMe({ role: 'artist', artist }))

beforeEach(() => {
  setActivePinia(createPinia())
  document.cookie = 'csrftoken=abc; path=/'
  URL.createObjectURL = () => 'blob:x'
  URL.revokeObjectURL = () => {}
  vi.stubGlobal('createImageBitmap', async () => ({ width: 600, height: 600, close() {} }))
})
afterEach(() => vi.unstubAllGlobals())

test('artworks that will not do are marked before they are sent, others go on', async () => {
  const draft = useStyleDraft()
  await draft.add([file('a.png'), file('b.gif', 'image/gif'), file('lost.png')])
  expect(draft.artworks.map(({ state, fault }) => [state, fault])).toEqual([['here', null], ['wrong', 'type'], ['failed', null]])
  expect(draft.good).toHaveLength(1)
})

test('the same file is added once, tags go to those chosen', async () => {
  const draft = useStyleDraft()
  const one = file('a.png')
  await draft.add([one, file('b.png')])
  await draft.add([one])
  expect(draft.artworks).toHaveLength(2)
  draft.tagAll([draft.artworks[0].id], ['moon', 'sea'])
  draft.tagAll(draft.artworks.map(({ id }) => id), ['moon'])
  expect(draft.artworks.map(({ tags }) => tags)).toEqual([['moon', 'sea'], ['moon']])
})

test.each([
  [{ title: 'A' }, 'basics', 'title'],
  [{ title: '고요한 항구' }, 'basics', 'titleEnglish'],
  [{ price: 0 }, 'basics', 'price'],
  [{ price: 1.5 }, 'basics', 'price'],
  [{ good: [] }, 'artworks', 'few'],
  [{ isSending: true }, 'artworks', 'sending'],
  [{ statement: { name: 'Alice', accepted: false } }, 'review', 'rights'],
  [{ statement: { name: '', accepted: true } }, 'review', 'name'],
])('%o keeps a style from being submitted', (change, step, problem) => {
  const good = { title: 'Quiet', description: 'Calm.', price: 10, good: ten, artworks: [], isSending: false, statement: { name: 'Alice', accepted: true } }
  expect(Object.values(problemsOf(good)).flat()).toEqual([0])
  expect(problemsOf({ ...good, ...change })[step]).toEqual([problem])
})

test('the wizard leads from the first word to the training, and sends what was said', async () => {
  const requests = serve({
    'GET /styles/me': page([aStyle({ training_status: 'failed' })]),
    'POST /styles': aStyle({ id: 's9', training_status: 'pending' }),
  })
  const { router } = await show(StyleWizardPage, { path: '/studio/new', before: asAlice })
  await userEvent.click(await screen.findByRole('button', { name: 'Next' }))
  expect(screen.getAllByText('Describe the style.').length).toBeGreaterThan(0)
  await userEvent.type(screen.getByLabelText('Title'), 'Quiet Harbours')
  await userEvent.type(screen.getByLabelText('Description'), 'Calm.')
  await userEvent.click(screen.getByRole('button', { name: 'Next' }))
  await userEvent.upload(await screen.findByLabelText(/Drop artworks here/), ten)
  expect(await screen.findByText('10 artworks are here; at least 10 are needed.')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Next' }))
  await userEvent.type(await screen.findByLabelText('Tags for several artworks'), 'harbour{Enter}')
  await userEvent.click(screen.getByRole('button', { name: 'Add to 10 artworks' }))
  await userEvent.click(screen.getByRole('button', { name: 'Next' }))
  await userEvent.click(await screen.findByRole('checkbox'))
  await userEvent.type(screen.getByLabelText('Your full name'), 'Alice Lin')
  await userEvent.click(screen.getByRole('button', { name: 'Start training' }))
  await waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/en/studio/s9/training'))
  expect(requests.at(-1).body).toMatchObject({
    title: 'Quiet Harbours', generation_cost_tokens: 10, rights_statement: { name: 'Alice Lin', accepted: true },
  })
  expect(requests.at(-1).body.artworks[3]).toEqual({ upload_key: 'key-3.png', filename: '3.png', tags: ['harbour'] })
}, 20_000)

test('who has a style already is told so before the wizard, not after it', async () => {
  serve({ 'GET /styles/me': page([aStyle({ training_status: 'pending' })]) })
  const { router } = await show(StyleWizardPage, { path: '/studio/new', before: asAlice })
  await waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/en/studio'))
  expect(screen.queryByLabelText('Title')).toBeNull()
})

const training = (given) => {
  serve({ 'GET /styles/style-1': aStyle({ is_own: true, sample_urls: [], ...given }) })
  return show(TrainingPage, { path: '/studio/style-1/training', before: asAlice })
}

test('a training says how far it is and how long it takes', async () => {
  const progress = { current_epoch: 37, total_epochs: 200, progress_percent: 18, estimated_seconds: 600, samples: 1, last_updated: '2026-11-23T10:00:00.000Z' }
  await training({ training_status: 'training', progress })
  expect(await screen.findByText('Round 37 of 200')).toBeInTheDocument()
  expect(screen.getByText('About 10 min left')).toBeInTheDocument()
  expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '18')
})

test('a training that failed names the files', async () => {
  const failure = { code: 'ARTWORKS_INVALID', message: 'Some artworks cannot be used.', details: { files: [{ filename: 'torn.png', reason: 'truncated' }] } }
  await training({ training_status: 'failed', failure })
  expect(await screen.findByText('torn.png')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Submit again' })).toHaveAttribute('href', '/en/studio/new')
})

test.each([
  ['no style', [], true],
  ['a failed one', [aStyle({ training_status: 'failed' })], true],
  ['a live one', [aStyle()], false],
])('with %s an artist may add one: %#', async (_, styles, may) => {
  serve({ 'GET /styles/me': page(styles) })
  await show(StudioPage, { path: '/studio', before: asAlice })
  await waitFor(() => expect(screen.queryByRole('status')).toBeNull())
  expect(screen.queryAllByRole('link', { name: 'New style' }).length > 0).toBe(may)
})

test('only what was changed of a style is sent', async () => {
  const requests = serve({ 'GET /styles/style-1': aStyle({ is_own: true }), 'PATCH /styles/style-1': aStyle() })
  await show(StyleEditPage, { path: '/studio/style-1/edit', before: asAlice })
  const price = await screen.findByLabelText('Tokens per image')
  await userEvent.clear(price)
  await userEvent.type(price, '25')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(requests.at(-1)?.body).toEqual({ generation_cost_tokens: 25 }))
  expect(screen.getByLabelText('Title')).toHaveAttribute('readonly')
})

test('a style page shows price, tags and the panel; one that is gone says so', async () => {
  serve({ 'GET /styles/style-1': aStyle(), 'GET /generations/feed': page([]) })
  const { unmount } = await show(StylePage, { path: '/styles/style-1' })
  expect(await screen.findByRole('heading', { name: 'Quiet Harbours' })).toBeInTheDocument()
  expect(screen.getByText(/10 tokens per image/)).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'moon' })).toHaveAttribute('href', '/en/search?tag=moon')
  unmount()
  serve({ 'GET /styles/style-1': refusal(404, 'NOT_FOUND') })
  await show(StylePage, { path: '/styles/style-1' })
  expect(await screen.findByText('There is nothing here')).toBeInTheDocument()
})
