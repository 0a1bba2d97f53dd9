import { nextTick, onMounted, ref, useTemplateRef, watch } from 'vue'
import { START_LOCATION, useRouter } from 'vue-router'
import { useSession } from '@/features/accounts/session'
import { useLayers } from '@/router/layers'

const SETTLED_MS = 600

/** What keeps the frame of every page in step: focus, what is read aloud, and who is here. */
export function useShell() {
  const router = useRouter()
  const layers = useLayers()
  const session = useSession()
  const main = /** @type {import('vue').Ref<HTMLElement | null>} */ (useTemplateRef('main'))
  const announced = ref('')

  watch(
    () => layers.shown,
    async (to, from) => {
      if (to.path === from.path || from === START_LOCATION) return
      await nextTick()
      announced.value = document.title
      // preventScroll: the router puts the page where it was.
      if (!layers.viewing) main.value?.focus({ preventScroll: true })
    },
  )

  session.ready().catch(() => {})
  // Nobody presses a shortcut before the page is there.
  onMounted(() => setTimeout(async () => (await import('./shortcuts/listen')).listen(router), SETTLED_MS))

  return { main, announced }
}
