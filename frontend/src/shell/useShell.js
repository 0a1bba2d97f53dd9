import { nextTick, ref, useTemplateRef } from 'vue'
import { useRouter } from 'vue-router'
import { useSession } from '@/features/accounts/session'

/** What keeps the frame of every page in step: focus, what is read aloud, and who is here. */
export function useShell() {
  const router = useRouter()
  const session = useSession()
  const main = /** @type {import('vue').Ref<HTMLElement | null>} */ (useTemplateRef('main'))
  const announced = ref('')
  let isFirst = true

  router.afterEach(async (to, from, failure) => {
    if (failure || to.path === from.path) return
    if (isFirst) {
      isFirst = false
      return
    }
    await nextTick()
    announced.value = document.title
    // preventScroll: the router puts the page where it was.
    main.value?.focus({ preventScroll: true })
  })

  session.ready().catch(() => {})

  return { main, announced }
}
