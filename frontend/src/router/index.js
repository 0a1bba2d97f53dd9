import { createRouter, createWebHistory } from 'vue-router'
import { LANGUAGES, i18n, preferredLanguage, speak } from '@/i18n'
import { guard } from './guards'
import { pages } from './pages'

/** @param {string} path */
const inOurLanguage = (path) => `/${preferredLanguage()}${path === '/' ? '' : path}`

export function createAppRouter(history = createWebHistory()) {
  const router = createRouter({
    history,
    routes: [
      { path: `/:lang(${LANGUAGES.join('|')})`, children: pages },
      // Sign-in and Toss send people to addresses without a language.
      { path: '/:path(.*)*', redirect: ({ path, query, hash }) => ({ path: inOurLanguage(path), query, hash }) },
    ],
    scrollBehavior: (to, from, saved) =>
      saved ?? (to.hash ? { el: to.hash } : to.path === from.path && to.query.step === from.query.step ? false : { top: 0 }),
  })
  router.beforeEach(async (to) => {
    const lang = /** @type {import('@/i18n').Language} */ (to.params.lang)
    if (LANGUAGES.includes(lang)) await speak(lang, to.matched.some(({ meta }) => meta.needs || meta.inside))
  })
  router.beforeEach(guard)
  router.afterEach((to) => {
    const title = to.meta.title ? `${i18n.global.t(to.meta.title)} · Style License` : 'Style License'
    document.title = title
  })
  return router
}
