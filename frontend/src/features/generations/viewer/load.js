import { alsoSpeak } from '@/i18n'

/** An image's own page, with its words. */
export async function loadImagePage() {
  const [page] = await Promise.all([import('../ImagePage.vue'), alsoSpeak('viewing')])
  return page
}

/** All that an image opened over a list needs; asked for early, it is there when wanted. */
export async function loadViewer() {
  const [viewer] = await Promise.all([import('./viewer'), loadImagePage()])
  return viewer
}
