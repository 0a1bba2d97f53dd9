import { nextTick } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { useSession } from '@/features/accounts/session.js'
import { i18n, LANGUAGES, preferred, speak } from '@/i18n/index.js'

/** @type {import('vue-router').RouteRecordRaw[]} */
const pages = [
  { path: '', name: 'feed', component: () => import('@/features/generations/FeedPage.vue'), meta: { title: 'feed.title' } },
  { path: 'images/:id', name: 'image', component: () => import('@/features/generations/ImagePage.vue'), props: true },
  { path: 'styles', name: 'styles', component: () => import('@/features/styles/StylesPage.vue'), meta: { title: 'style.list' } },
  { path: 'styles/:id', name: 'style', component: () => import('@/features/styles/StylePage.vue'), props: true },
  { path: 'login', name: 'login', component: () => import('@/features/accounts/SignInPage.vue'), meta: { title: 'signIn.title' } },
  { path: ':rest(.*)*', name: 'missing', component: () => import('@/ui/MissingState.vue'), meta: { title: 'error.missing' } },
]

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: `/:language(${LANGUAGES.join('|')})`, children: pages },
    { path: '/:rest(.*)*', redirect: (to) => ({ path: `/${preferred()}${to.path}`, query: to.query, hash: to.hash }) },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? {} : { top: 0 }),
})

router.beforeEach(async (to) => {
  await speak(String(to.params.language))
  const { needs } = to.meta
  if (!needs) return true
  const session = useSession()
  await session.know()
  if (!session.me) return { name: 'login', params: { language: to.params.language }, query: { next: to.fullPath } }
  if (needs === 'artist' && !session.isArtist) return { name: 'missing', params: { language: to.params.language } }
  if (needs === 'operator' && !session.isOperator) return { name: 'missing', params: { language: to.params.language } }
  return true
})

router.afterEach(async (to, from) => {
  if (to.meta.title) document.title = `${i18n.global.t(String(to.meta.title))} · Style License`
  if (from.matched.length && to.path !== from.path) {
    await nextTick()
    document.querySelector('main')?.focus({ preventScroll: true })
  }
})

// The files of a page that was open while a new version came are gone: load the new one, once.
window.addEventListener('vite:preloadError', () => {
  if (sessionStorage.getItem('reloaded') === location.href) return
  sessionStorage.setItem('reloaded', location.href)
  location.reload()
})
