import { expect, test } from '@playwright/test'
import { expectNoBarrier, listen } from './checks.js'
import { signIn } from './people.js'

const CARDS = '[role=feed] a[href*="/images/"]'
const OPENED = 'dialog[data-viewer]'

/** @param {import('@playwright/test').Page} page */
const scrolled = (page) => page.evaluate(() => Math.round(scrollY))
const focused = (/** @type {import('@playwright/test').Page} */ page) =>
  page.evaluate(() => document.activeElement?.getAttribute('href'))
/** @param {import('@playwright/test').TestInfo} info */
const langOf = (info) => info.project.metadata.languages[0]
const scale = (/** @type {import('@playwright/test').Page} */ page) =>
  page.evaluate(() => new DOMMatrix(getComputedStyle(/** @type {Element} */ (document.querySelector('[data-picture]')?.closest('[style*=transform]'))).transform).a)

/** The feed, a little way down. @param {import('@playwright/test').Page} page @param {string} lang */
async function feed(page, lang, { visitor = false } = {}) {
  // Most of this signed in, because visitors may ask less often.
  if (!visitor) await signIn(page, 'bob')
  await page.goto(`/${lang}`)
  await page.locator(CARDS).first().waitFor()
  await page.evaluate(() => scrollTo({ top: 120, behavior: 'instant' }))
  await expect(page.locator(`${CARDS} img`).first()).toHaveJSProperty('complete', true)
  // Shortcuts are listened to a moment after the page is there.
  await page.waitForTimeout(1000)
}

async function open(page, at = 0) {
  const card = page.locator(CARDS).nth(at)
  const href = await card.getAttribute('href')
  await card.click()
  await expect(page.locator(OPENED)).toBeVisible()
  await expect(page).toHaveURL(new RegExp(`${href}$`))
  await expect(page.locator(`${OPENED} h2`).first()).toBeVisible()
  return href
}

const LEAVE = {
  Escape: (page) => page.keyboard.press('Escape'),
  'the way back': (page) => page.goBack(),
  'the button': (page) => page.locator(`${OPENED} > button`).click(),
}

for (const [how, leave] of Object.entries(LEAVE)) {
  test(`an image opened over the list is left by ${how}, and the list is where it was`, async ({ page }, info) => {
    const lang = langOf(info)
    await feed(page, lang, { visitor: how === 'Escape' })
    const [before, title] = [await scrolled(page), await page.title()]
    const href = await open(page)
    expect(await page.title()).not.toBe(title)
    expect(await scrolled(page)).toBe(before)
    await leave(page)
    await expect(page.locator(OPENED)).toHaveCount(0)
    await expect(page).toHaveURL(new RegExp(`/${lang}$`))
    await expect.poll(() => focused(page)).toBe(href)
    expect([await scrolled(page), await page.title()]).toEqual([before, title])
  })
}

test('a click beside the image leaves it', async ({ page }, info) => {
  test.skip(info.project.name.startsWith('phone'), 'there is no beside')
  await feed(page, langOf(info))
  await open(page)
  // While the image grows, the browser shows a picture of the page, which takes no clicks.
  await page.waitForTimeout(500)
  await page.mouse.click(6, 300)
  await expect(page.locator(OPENED)).toHaveCount(0)
})

test('arrows and buttons walk the list in its order, and one comes back to where one got', async ({ page }, info) => {
  const lang = langOf(info)
  await feed(page, lang)
  const hrefs = await page.locator(CARDS).evaluateAll((all) => all.map((one) => one.getAttribute('href')))
  await open(page)
  await page.keyboard.press('ArrowRight')
  await expect(page).toHaveURL(new RegExp(`${hrefs[1]}$`))
  await expect(page.locator(`${OPENED} p[role=status]`)).toContainText('2')
  await page.getByRole('button', { name: lang === 'ko' ? '이전 이미지' : 'Previous image' }).click()
  await expect(page).toHaveURL(new RegExp(`${hrefs[0]}$`))
  await page.keyboard.press('ArrowRight')
  await expect(page).toHaveURL(new RegExp(`${hrefs[1]}$`))
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(new RegExp(`/${lang}$`))
  await expect.poll(() => focused(page)).toBe(hrefs[1])
})

test('keys, wheel and double click draw nearer, and then arrows move the image', async ({ page }, info) => {
  await feed(page, langOf(info))
  const href = await open(page)
  await page.keyboard.press('+')
  await expect.poll(() => scale(page)).toBeGreaterThan(1.4)
  await page.keyboard.press('ArrowRight')
  await expect(page).toHaveURL(new RegExp(`${href}$`))
  await page.keyboard.press('0')
  await expect.poll(() => scale(page)).toBe(1)
  const picture = page.locator(`${OPENED} [data-picture]`)
  await picture.dblclick()
  await expect.poll(() => scale(page)).toBeGreaterThan(2)
  await picture.dblclick()
  await expect.poll(() => scale(page)).toBe(1)
  await picture.hover()
  // As trackpads tell of a pinch; where the text is below, the bare wheel scrolls to it.
  if (info.project.name.startsWith('phone')) await page.keyboard.down('Control')
  await page.mouse.wheel(0, -400)
  await expect.poll(() => scale(page)).toBeGreaterThan(1.5)
})

test('its address alone, and a click for another tab, give the page of its own', async ({ page, context }, info) => {
  await feed(page, langOf(info))
  const [tab] = await Promise.all([context.waitForEvent('page'), page.locator(CARDS).first().click({ modifiers: ['ControlOrMeta'] })])
  await expect(tab.locator('main h1')).toBeVisible()
  await expect(tab.locator(OPENED)).toHaveCount(0)
  await expect(page.locator(OPENED)).toHaveCount(0)
  await open(page)
  await page.reload()
  await expect(page.locator('main h1')).toBeVisible()
  await expect(page.locator(OPENED)).toHaveCount(0)
  expect(await scrolled(page)).toBe(0)
})

test('a link in it leads away, and the way back leads to it', async ({ page }, info) => {
  await feed(page, langOf(info))
  const href = await open(page)
  await page.locator(`${OPENED} h2 a`).first().click()
  await expect(page).toHaveURL(/styles/)
  await expect(page.locator(OPENED)).toHaveCount(0)
  await expect(page.locator('main')).toBeFocused()
  await page.goBack()
  await expect(page).toHaveURL(new RegExp(`${href}$`))
  await expect(page.locator(OPENED)).toBeVisible()
  await page.goBack()
  await expect(page.locator(OPENED)).toHaveCount(0)
})

test('? lists the shortcuts, and turns those of a single key off', async ({ page }, info) => {
  const lang = langOf(info)
  await feed(page, lang)
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog')
  await expect(sheet).toBeVisible()
  await page.getByRole('checkbox').uncheck()
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await expect(sheet).toHaveCount(0)
  await expect(page).toHaveURL(new RegExp(`/${lang}$`))
  await page.evaluate(() => localStorage.clear())
  await page.reload()
  await page.locator(CARDS).first().waitFor()
  await page.waitForTimeout(1000)
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await page.keyboard.type('g?')
  await expect(page.getByRole('searchbox')).toHaveValue('g?')
})

test('neither the image nor the sheet puts up a barrier, or overflows', async ({ page }, info) => {
  const complaints = listen(page)
  await feed(page, langOf(info))
  await open(page)
  for (const [key, what] of [['Shift', 'the image'], ['?', 'the sheet']]) {
    await page.keyboard.press(key)
    await expectNoBarrier(page, what)
    const wide = await page.evaluate(() => [...document.querySelectorAll('dialog[open]')].map((one) => one.scrollWidth - one.clientWidth))
    expect(Math.max(...wide), what).toBeLessThanOrEqual(0)
  }
  expect(complaints).toEqual([])
})
