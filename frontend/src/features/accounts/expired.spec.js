import { screen, waitFor } from '@testing-library/vue'
import { beforeEach, expect, test, vi } from 'vitest'
import { aMe } from '@/test/factories'
import { serve } from '@/test/server'
import { show } from '@/test/show'
import ExpiredDialog from './ExpiredDialog.vue'
import { useSession } from './session'

beforeEach(() => (document.cookie = 'csrftoken=abc; path=/'))

const comeBackAs = async (me) => {
  const assign = vi.fn()
  serve({ 'GET /auth/me': me })
  await show(ExpiredDialog, { before: () => (useSession().$state.me = aMe()) })
  useSession().expire()
  expect(screen.getByRole('dialog')).toBeInTheDocument()
  // The browser's own cannot be listened to.
  vi.stubGlobal('location', { href: location.href, origin: location.origin, assign })
  document.dispatchEvent(new Event('visibilitychange'))
  await waitFor(() => expect(useSession().isExpired).toBe(false))
  return assign
}

test('whoever signs in again goes on where they were', async () => {
  const assign = await comeBackAs(aMe())
  await new Promise((go) => setTimeout(go))
  expect(assign).not.toHaveBeenCalled()
})

test('somebody else who signs in starts afresh', async () => {
  const assign = await comeBackAs(aMe({ id: 'carol-1', username: 'carol' }))
  await waitFor(() => expect(assign).toHaveBeenCalledWith('/en'))
})
