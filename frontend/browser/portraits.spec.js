// README's pictures, of a platform that was seeded; `make screenshots` says where they go.
import { expect, test } from '@playwright/test'
import { signIn } from './people.js'
import { speaker } from './words.js'

const en = speaker('en')
const FOLDER = process.env.PORTRAITS ?? ''
const NEWCOMER = process.env.NEWCOMER ?? ''
const TRAINING_MS = 600_000

/** @param {import('@playwright/test').Page} page @param {string} name */
async function shoot(page, name) {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await page.waitForLoadState('networkidle')
  await page.evaluate(() => Promise.all([...document.images].filter((one) => one.loading !== 'lazy').map((one) => one.decode().catch(() => {}))))
  await page.screenshot({ path: `${FOLDER}/${name}.png` })
}

/** As on a second visit: the face is in the browser's cache. @param {import('@playwright/test').Page} page */
const fetchFace = (page) => page.evaluate(async () => {
  await document.fonts.load('1em "Instrument Sans"')
  localStorage.setItem('face', 'fetched')
})

test('a buyer: what others show, a style with an order in the making, their own images', async ({ page, request }) => {
  await signIn(page, 'bob')
  await fetchFace(page)
  await page.goto('/en')
  await shoot(page, 'feed')

  const [style] = (await (await request.get('/api/search?q=coral%20harbour')).json()).data.styles
  await page.goto(`/en/styles/${style.id}`)
  const what = page.getByLabel(en('generations.what'))
  for (const tag of ['red lighthouse', 'sea', 'sunset']) {
    await what.fill(tag)
    await what.press('Enter')
  }
  await what.blur()
  await page.mouse.move(0, 0)
  await page.evaluate(() => scrollTo(0, 0))
  await shoot(page, 'style')

  await page.goto('/en/me')
  await shoot(page, 'my-page')
})

test('an artist who watches the training, with the first samples', async ({ page }) => {
  test.setTimeout(TRAINING_MS)
  await signIn(page, NEWCOMER)
  await fetchFace(page)
  await page.goto(`/en/studio/${process.env.STYLE}/training`)
  await expect(page.getByText(en('studio.mayClose'))).toBeVisible()
  const samples = page.getByRole('list', { name: en('styles.samples') }).getByRole('img')
  await expect(samples.first()).toBeVisible({ timeout: TRAINING_MS })
  await shoot(page, 'training')
})
