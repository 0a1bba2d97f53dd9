import { useSession } from '@/features/accounts/session'

/**
 * Lets through who may see a page; `meta.needs` is `user`, `artist` or `operator`.
 * @param {import('vue-router').RouteLocationNormalized} to
 * @returns {Promise<true | import('vue-router').RouteLocationRaw>}
 */
export async function guard(to) {
  const { needs } = to.meta
  if (!needs) return true
  const session = useSession()
  try {
    await session.ready()
  } catch {
    // Whoever cannot be told who they are sees the page's own error, with a way to try again.
    return true
  }
  const { lang } = to.params
  if (!session.isSignedIn) return { name: 'login', params: { lang }, query: { next: to.fullPath } }
  const may = needs === 'artist' ? session.isArtist : needs === 'operator' ? session.isOperator : true
  return may || { name: 'forbidden', params: { lang }, query: { needs } }
}
