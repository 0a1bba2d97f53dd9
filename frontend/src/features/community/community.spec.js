import { screen, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { useSession } from '@/features/accounts/session'
import { aMe } from '@/test/factories'
import { page, refusal, serve } from '@/test/server'
import { show } from '@/test/show'
import CommentSection from './CommentSection.vue'
import FollowButton from './FollowButton.vue'
import FollowingPage from './FollowingPage.vue'
import PersonPage from './PersonPage.vue'
import { useLike } from './useLike'

const at = '2026-11-23T10:00:00.000Z'
const comment = (given = {}) => ({
  id: 'c1', parent_id: null, author: { id: 'carol-1', username: 'carol', profile_image_url: null }, body: 'Lovely.',
  is_own: false, created_at: at, edited_at: null, replies: [], has_more_replies: false, ...given,
})
const signIn = () => (useSession().$state.me = aMe())

beforeEach(() => (document.cookie = 'csrftoken=abc; path=/'))

const likeable = async (answers) => {
  serve(answers)
  const patch = vi.fn()
  let like = /** @type {any} */ (null)
  await show({ setup: () => ((like = useLike(patch)), () => null) }, { before: signIn })
  await like({ id: 'g1', is_liked: false, like_count: 4 })
  return patch
}

test('a like is shown at once and then as the server counts it', async () => {
  const patch = await likeable({ 'POST /generations/g1/like': { is_liked: true, like_count: 9 } })
  expect(patch.mock.calls).toEqual([['g1', { is_liked: true, like_count: 5 }], ['g1', { is_liked: true, like_count: 9 }]])
})

test('a like that is refused is taken back', async () => {
  const patch = await likeable({ 'POST /generations/g1/like': refusal(404, 'NOT_FOUND') })
  expect(patch).toHaveBeenLastCalledWith('g1', { is_liked: false, like_count: 4 })
})

test('who follows already is told so, even where their session is known after the page', async () => {
  const profile = { id: 'alice-1', username: 'alice', bio: '', profile_image_url: null, role: 'artist', artist: null, public_generations_count: 0, following_count: 0, is_following: true, is_self: false, created_at: at }
  serve({ 'GET /auth/me': aMe(), 'GET /users/alice-1': profile })
  await show(FollowButton, { props: { artistId: 'alice-1', name: 'Alice', state: null } })
  const button = await screen.findByRole('button', { name: 'Following' })
  expect(button).toHaveAttribute('aria-pressed', 'true')
  expect(button).not.toHaveClass('invisible')
})

test('following is shown at once, and one who is followed already stays so', async () => {
  serve({ 'POST /users/alice-1/follow': refusal(409, 'DUPLICATE_FOLLOW') })
  await show(FollowButton, { props: { artistId: 'alice-1', name: 'Alice', state: false }, before: signIn })
  await userEvent.click(screen.getByRole('button', { name: 'Follow' }))
  expect(await screen.findByRole('button', { name: 'Following' })).toHaveAttribute('aria-pressed', 'true')
})

test('a visitor who wants to follow is led to the door', async () => {
  const { router } = await show(FollowButton, { props: { artistId: 'alice-1', name: 'Alice', state: false }, path: '/search' })
  await userEvent.click(screen.getByRole('button', { name: 'Follow' }))
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/en/login?next=/en/search'))
})

test('comments are written, answered, edited and removed', async () => {
  const requests = serve({
    'GET /generations/g1/comments': page([comment(), comment({ id: 'c2', body: 'Mine.', is_own: true })]),
    'POST /generations/g1/comments': (/** @type {any} */ { body }) => comment({ id: `c-${body.body}`, body: body.body, parent_id: body.parent_id ?? null }),
    'PATCH /comments/c2': comment({ id: 'c2', body: 'Mine, mended.', is_own: true, edited_at: at }),
    'DELETE /comments/c2': { comment_count: 2 },
  })
  await show(CommentSection, { props: { generationId: 'g1' }, before: signIn })
  await userEvent.type(await screen.findByLabelText('Say something'), 'First')
  await userEvent.click(screen.getByRole('button', { name: 'Send' }))
  expect(await screen.findByText('First')).toBeInTheDocument()

  const carols = /** @type {HTMLElement} */ (screen.getByText('Lovely.').closest('li'))
  await userEvent.click(within(carols).getByRole('button', { name: 'Reply' }))
  await userEvent.type(within(carols).getByLabelText('Reply to carol'), 'Thanks')
  await userEvent.click(within(carols).getByRole('button', { name: 'Send' }))
  const reply = await within(carols).findByText('Thanks')
  expect(requests.at(-1)?.body).toEqual({ body: 'Thanks', parent_id: 'c1' })
  expect(within(/** @type {HTMLElement} */ (reply.closest('li'))).queryByRole('button', { name: 'Reply' })).toBeNull()

  const own = /** @type {HTMLElement} */ (screen.getByText('Mine.').closest('li'))
  await userEvent.click(within(own).getByRole('button', { name: 'Edit' }))
  await userEvent.type(within(own).getByLabelText('Edit'), ' More')
  await userEvent.click(within(own).getByRole('button', { name: 'Send' }))
  expect(await screen.findByText('Mine, mended.')).toBeInTheDocument()
  await userEvent.click(within(own).getByRole('button', { name: 'Remove' }))
  await userEvent.click(within(own).getByRole('button', { name: 'Remove' }))
  await vi.waitFor(() => expect(screen.queryByText('Mine, mended.')).toBeNull())
})

const profile = {
  id: 'alice-1', username: 'alice', bio: 'Paints harbours.', profile_image_url: null, role: 'artist',
  artist: { artist_name: 'Alice Lin', follower_count: 2, style_id: 'style-1' }, public_generations_count: 1,
  following_count: 0, is_following: false, is_self: false, created_at: at,
}

test('an artist is shown with style and followers, which follow the button', async () => {
  serve({
    'GET /users/alice-1': profile, 'GET /generations/feed': page([]), 'GET /styles': page([]),
    'POST /users/alice-1/follow': { is_following: true, follower_count: 3 },
  })
  await show(PersonPage, { path: '/people/alice-1', before: signIn })
  expect(await screen.findByRole('heading', { name: 'Alice Lin' })).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Follow' }))
  expect(await screen.findByText(/3 followers/)).toBeInTheDocument()
})

test('somebody who is not there is told so', async () => {
  serve({ 'GET /users/nobody': refusal(404, 'NOT_FOUND') })
  await show(PersonPage, { path: '/people/nobody' })
  expect(await screen.findByText('There is nothing here')).toBeInTheDocument()
})

test('who follows nobody is shown where to begin', async () => {
  serve({ 'GET /users/me/following': page([]) })
  await show(FollowingPage, { path: '/following', before: signIn })
  expect(await screen.findByRole('link', { name: 'Find a style' })).toHaveAttribute('href', '/en/search')
})
