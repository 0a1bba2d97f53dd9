import { useRouter } from 'vue-router'
import { useSession } from '@/features/accounts/session'

/**
 * Likes shown at once, and taken back when the server does not agree.
 * @param {(id: string, change: { is_liked: boolean, like_count: number }) => void} patch
 */
export function useLike(patch) {
  const session = useSession()
  const router = useRouter()
  const running = new Set()

  return async (/** @type {{ id: string, is_liked: boolean, like_count: number }} */ image) => {
    if (!session.isSignedIn) {
      router.push({ name: 'login', query: { next: router.currentRoute.value.fullPath } })
      return
    }
    if (running.has(image.id)) return
    running.add(image.id)
    const before = { is_liked: image.is_liked, like_count: image.like_count }
    const liked = !image.is_liked
    patch(image.id, { is_liked: liked, like_count: image.like_count + (liked ? 1 : -1) })
    try {
      // Shown already, so that nobody waits for the code that sends it.
      const { setLike } = await import('./api')
      patch(image.id, await setLike(image.id, liked))
    } catch {
      patch(image.id, before)
    } finally {
      running.delete(image.id)
    }
  }
}
