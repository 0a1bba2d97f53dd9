import { expect } from '@playwright/test'
import { speaker } from './words.js'

const en = speaker('en')

/**
 * Through the provider's page and back.
 * @param {import('@playwright/test').Page} page
 * @param {string} login
 * @param {string} [next] where to come back to
 */
export async function signIn(page, login, next = '/en/login') {
  await page.goto(`/api/auth/google/login?next=${encodeURIComponent(next)}`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('form', { has: page.locator('input[name=login]') }).getByRole('button').last().click()
  await page.waitForURL(`**${next}`)
}

/**
 * Signed in as an artist who has no style.
 * @param {import('@playwright/test').Page} page
 * @param {string} login
 */
export async function signInAsArtist(page, login) {
  await signIn(page, login, '/en/become-artist')
  const { role } = (await (await page.request.get('/api/auth/me')).json()).data
  if (role === 'artist') return
  await page.getByLabel(en('accounts.artistName')).fill(login)
  await page.getByText(en('accounts.ways.type'), { exact: true }).click()
  await page.getByLabel(en('accounts.typeHere')).fill(login)
  await expect(page.getByRole('img', { name: en('accounts.grounds.busy') })).toBeVisible()
  await page.getByRole('button', { name: en('accounts.becomeButton') }).click()
  await page.waitForURL('**/en/studio/new**')
}

/**
 * Somebody in a browser of their own; closed by the caller's context.
 * @param {import('@playwright/test').Browser} browser
 * @param {string} login
 * @param {string} lang
 */
export async function arrive(browser, login, lang) {
  const context = await browser.newContext({ locale: lang === 'ko' ? 'ko-KR' : 'en-US' })
  const page = await context.newPage()
  await signIn(page, login, `/${lang}`)
  return page
}

/**
 * A change by the API, as the page that is open would ask for it; gives `data`.
 * @param {import('@playwright/test').Page} page
 * @param {'POST' | 'PATCH' | 'DELETE'} method
 * @param {string} path below /api
 * @param {object} [body]
 */
export function ask(page, method, path, body) {
  return page.evaluate(
    async ({ method, path, body }) => {
      const csrf = document.cookie.match(/csrftoken=([^;]*)/)?.[1] ?? ''
      const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': csrf, 'Idempotency-Key': crypto.randomUUID() }
      const answer = await (await fetch(`/api${path}`, { method, headers, body: body && JSON.stringify(body) })).json()
      if (!answer.success) throw new Error(`${path}: ${JSON.stringify(answer.error)}`)
      return answer.data
    },
    { method, path, body },
  )
}
