import { render } from '@testing-library/vue'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { alsoSpeak, i18n, speak } from '@/i18n'
import { pages } from '@/router/pages'

/**
 * A component as it stands in the app: with its words, its stores and its addresses.
 * @param {any} component
 * @param {{ props?: object, lang?: 'en' | 'ko', path?: string, before?: () => void, slots?: object }} [options]
 */
export async function show(component, { props = {}, lang = 'en', path = '', before = () => {}, slots = {} } = {}) {
  await speak(lang, true)
  await alsoSpeak('viewing')
  const pinia = createPinia()
  setActivePinia(pinia)
  before()
  const named = pages.map((page) => ({ ...page, component: { render: () => null } }))
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:lang(en|ko)', children: /** @type {any} */ (named) }],
  })
  await router.push(`/${lang}${path}`)
  return { ...render(component, { props, slots, global: { plugins: [pinia, i18n, router] } }), router, pinia }
}
