import { screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { useSession } from '@/features/accounts/session'
import SettingsPage from '@/features/accounts/SettingsPage.vue'
import LoginPage from '@/features/accounts/LoginPage.vue'
import LeavingPage from '@/features/leaving/LeavingPage.vue'
import { everyDay } from '@/features/ledger/days'
import EarningsPage from '@/features/ledger/EarningsPage.vue'
import TransactionList from '@/features/ledger/TransactionList.vue'
import { destination } from '@/features/notifications/destination'
import NotificationsPage from '@/features/notifications/NotificationsPage.vue'
import JobsPage from '@/features/operations/JobsPage.vue'
import LedgerPage from '@/features/operations/LedgerPage.vue'
import TagsPage from '@/features/operations/TagsPage.vue'
import SearchPage from '@/features/search/SearchPage.vue'
import { faultOf } from '@/features/uploads/judge'
import AppHeader from '@/shell/AppHeader.vue'
import ForbiddenPage from '@/shell/ForbiddenPage.vue'
import { createInterceptor } from '@/shell/interceptor'
import { ApiError } from '@/api/errors'
import { aMe } from '@/test/factories'
import { page, refusal, serve } from '@/test/server'
import { show } from '@/test/show'
import { useToasts } from '@/ui/toasts'

const at = '2026-11-23T10:00:00.000Z'
const asBob = () => (useSession().$state.me = aMe({ unread_notifications: 1 }))

beforeEach(() => (document.cookie = 'csrftoken=abc; path=/'))

test.each([
  ['removed', ['4 images, your comments', '42 tokens are lost', 'no way back']],
  ['deactivated', ['hidden', 'stay provable', 'cannot sign in again', '42 tokens are lost']],
])('leaving (%s) names its consequences before it asks', async (outcome, words) => {
  serve({ 'GET /users/me/leaving': { outcome, token_balance: 42, generations_count: 4, styles_count: 0 } })
  await show(LeavingPage, { before: asBob })
  const list = await screen.findByRole('list')
  words.forEach((word) => expect(list).toHaveTextContent(word))
  const button = screen.getByRole('button', { name: 'Close the account' })
  expect(button).toBeDisabled()
  await userEvent.type(screen.getByLabelText('Type bob to confirm'), 'bob')
  expect(button).toBeEnabled()
})

test('nobody leaves while something of theirs is being made', async () => {
  serve({ 'GET /users/me/leaving': { outcome: 'job_in_flight', token_balance: 0, generations_count: 0, styles_count: 0 } })
  await show(LeavingPage, { before: asBob })
  expect(await screen.findByText(/still being made/)).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Close the account' })).toBeNull()
})

test('settings send what was changed, and say at the field what is refused', async () => {
  const requests = serve({ 'PATCH /users/me': refusal(409, 'USERNAME_TAKEN') })
  await show(SettingsPage, { before: asBob })
  const name = screen.getByLabelText('User name')
  await userEvent.type(name, 'by')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(name).toHaveAccessibleDescription(/USERNAME_TAKEN in words/))
  expect(requests[0].body).toEqual({ username: 'bobby' })
})

test('movements are told with their sign, aloud too, and by kind', async () => {
  const row = { id: 't1', kind: 'usage', direction: 'out', amount: 10, status: 'completed', text: 'Image in Quiet', memo: '', related_generation_id: 'g1', related_purchase_id: null, created_at: at, settled_at: at }
  const requests = serve({ 'GET /tokens/transactions': page([row, { ...row, id: 't2', direction: 'in', amount: 100, text: 'Welcome' }]) })
  await show(TransactionList, { before: asBob })
  expect(await screen.findByText('10 tokens spent')).toBeInTheDocument()
  expect(screen.getByText('100 tokens received')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Image in Quiet' })).toHaveAttribute('href', '/en/images/g1')
  await userEvent.click(screen.getByRole('radio', { name: 'Images' }))
  await waitFor(() => expect(requests.at(-1)?.query.get('type')).toBe('usage'))
})

test('days without earnings have their bar too', () => {
  const days = everyDay([{ date: '2026-11-22', tokens: 30 }], 3, Date.parse('2026-11-23T12:00:00Z'))
  expect(days).toEqual([{ date: '2026-11-21', tokens: 0 }, { date: '2026-11-22', tokens: 30 }, { date: '2026-11-23', tokens: 0 }])
})

test('earnings are told as picture and as table', async () => {
  serve({ 'GET /tokens/earnings': { total: 30, images: 3, by_day: [{ date: '2026-11-22', tokens: 30, images: 3 }], by_style: [{ style_id: 's', title: 'Quiet', tokens: 30, images: 3 }], earned_token_balance: 90, not_rolled_up: 10 } })
  await show(EarningsPage, { before: asBob })
  expect(await screen.findByText('90 tokens')).toBeInTheDocument()
  expect(screen.getByText(/30 tokens from 3 images/)).toBeInTheDocument()
  expect(screen.getByRole('row', { name: 'Nov 22, 2026 30 3', hidden: true })).toBeInTheDocument()
})

const told = (given = {}) => ({ id: 'n1', type: 'like', actor: { id: 'carol-1', username: 'carol', profile_image_url: null }, target: { type: 'generation', id: 'g1', thumbnail_url: null }, is_read: false, created_at: at, ...given })

test('notifications are read one by one or all at once', async () => {
  const requests = serve({ 'GET /notifications': page([told(), told({ id: 'n2', type: 'follow' })]), 'PATCH /notifications/n1/read': { marked: 1 }, 'POST /notifications/read-all': { marked: 1 } })
  await show(NotificationsPage, { before: asBob })
  await userEvent.click(await screen.findByRole('link', { name: /carol likes your image/ }))
  expect(useSession().me?.unread_notifications).toBe(0)
  expect(requests.at(-1)?.path).toBe('/notifications/n1/read')
})

const by = (id, given = {}) => told({ id: `${id}-${given.type ?? 'like'}-${given.target?.id}`, actor: { id, username: id, profile_image_url: null }, ...given })
const other = { type: 'generation', id: 'g2', thumbnail_url: '/media/g2.webp' }

test('what several people do to one image on a day is one notice, read as one', async () => {
  const news = [by('carol'), by('dana', { is_read: true }), by('carol', { target: other }), by('erin'), by('carol', { type: 'comment' }), by('erin', { type: 'follow' }), by('dana', { type: 'follow' })]
  const requests = serve({
    'GET /notifications': page(news),
    ...Object.fromEntries(news.map(({ id }) => [`PATCH /notifications/${id}/read`, { marked: 1 }])),
  })
  await show(NotificationsPage, { before: () => (useSession().$state.me = aMe({ unread_notifications: 6 })) })
  const links = await screen.findAllByRole('link', { name: /carol|erin/ })
  const texts = ['carol and 2 others like your image', 'carol likes your image', 'carol wrote a comment', 'erin and dana follow you now']
  texts.forEach((text, index) => expect(links[index]).toHaveTextContent(text))
  await userEvent.click(links[0])
  await waitFor(() => expect(requests.filter(({ method }) => method === 'PATCH')).toHaveLength(2))
  expect(useSession().me?.unread_notifications).toBe(4)
})

test.each([
  [told(), 'image', 'g1'],
  [told({ type: 'follow', target: { type: 'user', id: 'bob-1' } }), 'person', 'carol-1'],
  [told({ type: 'style_training_complete', target: { type: 'style', id: 's1' } }), 'training', 's1'],
])('a notification leads to what it is about: %#', (one, name, id) => {
  expect(destination(one)).toEqual({ name, params: { id } })
})

test('an operator hides and refuses tags', async () => {
  const tag = { id: 'tag-1', name: 'moon', usage_count: 1200, is_active: true, is_flagged: false, created_at: at }
  const requests = serve({ 'GET /admin/tags': page([tag]), 'PATCH /admin/tags/tag-1': { ...tag, is_flagged: true } })
  await show(TagsPage, { before: asBob })
  await userEvent.click(await screen.findByLabelText('moon is refused in prompts'))
  expect(requests.at(-1)?.body).toEqual({ is_flagged: true })
  expect(screen.getByText('1,200')).toBeInTheDocument()
})

test('an operator finds jobs by state', async () => {
  const requests = serve({ 'GET /admin/jobs': page([]) })
  await show(JobsPage, { before: asBob })
  await userEvent.selectOptions(screen.getByLabelText('State'), 'failed')
  await waitFor(() => expect(requests.at(-1)?.query.get('state')).toBe('failed'))
  expect(await screen.findByText('No such job.')).toBeInTheDocument()
})

test('a ledger that does not add up says where', async () => {
  serve({ 'GET /admin/ledger': { holds: false, invariants: { escrow_gap: 2 }, proved_at: at, recount_faults: {}, recounted_at: null } })
  await show(LedgerPage, { before: asBob })
  expect(await screen.findByText('The ledger does not add up')).toBeInTheDocument()
  expect(within(screen.getByRole('row', { name: /escrow_gap/ })).getByText('2')).toBeInTheDocument()
})

test('a search is kept in the address and tells how each hit was found', async () => {
  serve({ 'GET /styles': page([]), 'GET /users/me/following': page([]), 'GET /search': { styles: [{ id: 's1', name: 'Quiet', thumbnail_url: null, artist: { id: 'a', artist_name: 'Alice' }, matched_by: 'tag' }], artists: [] } })
  const { router } = await show(SearchPage, { path: '/search', before: asBob })
  await userEvent.type(screen.getByRole('searchbox'), 'moon')
  await waitFor(() => expect(router.currentRoute.value.query.q).toBe('moon'))
  expect(await screen.findByText('Found by a tag')).toBeInTheDocument()
})

test.each([
  ['denied', /did not agree at Google/],
  ['inactive', /has been closed/],
  ['made-up', /did not answer as expected/],
])('a sign-in that failed (%s) says why', async (error, words) => {
  await show(LoginPage, { path: `/login?error=${error}` })
  expect(screen.getByRole('alert')).toHaveTextContent(words)
})

test.each([['/en/studio', '%2Fen%2Fstudio'], ['//evil.example', '%2Fen']])('after signing in one comes back to %s only if it is ours', async (next, sent) => {
  await show(LoginPage, { path: `/login?next=${encodeURIComponent(next)}` })
  expect(screen.getByRole('link', { name: 'Continue with Google' })).toHaveAttribute('href', `/api/auth/google/login?next=${sent}`)
})

test('who may not enter is told what it takes', async () => {
  await show(ForbiddenPage, { path: '/forbidden?needs=artist' })
  expect(screen.getByRole('link', { name: 'Become an artist' })).toHaveAttribute('href', '/en/become-artist')
})

test('the header says what one has', async () => {
  await show(AppHeader, { before: asBob, lang: 'ko' })
  expect(screen.getByRole('link', { name: '토큰 42개' })).toHaveAttribute('href', '/ko/tokens')
  expect(screen.getByRole('link', { name: '알림, 읽지 않음 1개' })).toBeInTheDocument()
})

test('an ended session opens the dialog, other failures a message, quiet ones nothing', async () => {
  await show({ render: () => null }, { before: asBob })
  const intercept = createInterceptor()
  intercept(new ApiError({ code: 'INTERNAL_ERROR', message: 'Our fault.', status: 500, requestId: 'r-1' }), { quiet: false })
  expect(useToasts().toasts).toMatchObject([{ tone: 'wrong', text: 'Our fault.', note: 'Request r-1' }])
  intercept(new ApiError({ code: 'NETWORK' }), { quiet: true })
  expect(useToasts().toasts).toHaveLength(1)
  intercept(new ApiError({ code: 'UNAUTHORIZED', status: 401 }), { quiet: true })
  expect(useSession().isExpired).toBe(true)
})

test.each([
  [{ type: 'image/gif' }, { width: 600, height: 600 }, 'type'],
  [{ size: 10_000_001 }, { width: 600, height: 600 }, 'bytes'],
  [{}, { width: 600, height: 511 }, 'small'],
  [{}, null, 'unreadable'],
  [{}, { width: 512, height: 512 }, null],
])('an artwork is judged before it is sent: %#', async (given, size, fault) => {
  const file = /** @type {any} */ ({ type: 'image/png', size: 1000, ...given })
  const measure = vi.fn(async () => size ?? Promise.reject(new Error('torn')))
  expect(await faultOf(file, 'artwork', measure)).toBe(fault)
})
