import { createRouter, createWebHistory } from 'vue-router'
import { LANGUAGES, i18n, preferredLanguage, speak } from '@/i18n'
import { guard } from './guards'
import { useLayers } from './layers'
import { pages } from './pages'

/** @param {string} path */
const inOurLanguage = (path) => `/${preferredLanguage()}${path === '/' ? '' : path}`

const PATIENCE_FRAMES = 90

/**
 * Where somebody was, as soon as the page is tall enough again to be there.
 * @param {{ left: number, top: number }} saved
 */
async function backTo(saved) {
  for (let frame = 0; frame < PATIENCE_FRAMES; frame += 1) {
    if (document.documentElement.scrollHeight >= saved.top + innerHeight) break
    await new Promise(requestAnimationFrame)
  }
  return saved
}

/** @type {import('vue-router').RouterScrollBehavior} */
function scrollBehavior(to, from, saved) {
  const layers = useLayers()
  if (layers.stayed) return false
  // What was kept is where the list was that this image once lay over.
  if (to.name === 'image' && !layers.viewing && history.state?.background) return { top: 0 }
  if (saved) return backTo(saved)
  if (to.hash) return { el: to.hash }
  return to.path === from.path && to.query.step === from.query.step ? false : { top: 0 }
}

export function createAppRouter(history = createWebHistory()) {
  const router = createRouter({
    history,
    routes: [
      { path: `/:lang(${LANGUAGES.join('|')})`, children: pages },
      // Sign-in and Toss send people to addresses without a language.
      { path: '/:path(.*)*', redirect: ({ path, query, hash }) => ({ path: inOurLanguage(path), query, hash }) },
    ],
    scrollBehavior,
  })
  router.beforeEach(async (to) => {
    const lang = /** @type {import('@/i18n').Language} */ (to.params.lang)
    // The page is fetched along with its words, not after them.
    for (const { components } of to.matched) if (typeof components?.default === 'function') Promise.resolve(/** @type {any} */ (components).default()).catch(() => {})
    if (LANGUAGES.includes(lang)) await speak(lang, to.matched.some(({ meta }) => meta.needs || meta.inside))
  })
  router.beforeEach(guard)
  router.afterEach((to, from, failure) => {
    if (failure) return
    const layers = useLayers()
    layers.follow(to, router.options.history.state)
    if (layers.shown !== to) return
    layers.titles.page = to.meta.title ? `${i18n.global.t(to.meta.title)} · Style License` : 'Style License'
  })
  return router
}
