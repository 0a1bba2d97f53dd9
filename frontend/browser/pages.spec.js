import Axe from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { signIn } from './people'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const PAGES = {
  '': ['', '/search', '/search?q=moon', '/login?error=denied', '/nope'],
  bob: ['/me', '/following', '/tokens', '/notifications', '/settings', '/settings/leave', '/become-artist', '/forbidden?needs=artist'],
  oscar: ['/operator/tags', '/operator/jobs', '/operator/ledger'],
}

for (const [login, paths] of Object.entries(PAGES)) {
  test(`${login || 'a visitor'} meets no barrier, no overflow and nothing the policy forbids`, async ({ page }, info) => {
    /** @type {string[]} */
    const complaints = []
    if (login) await signIn(page, login)
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    for (const path of paths) {
      await page.goto(`/${info.project.metadata.lang}${path}`)
      await expect(page.locator('h1')).toHaveCount(1)
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
      const { violations } = await new Axe({ page }).withTags(TAGS).analyze()
      expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0].target}`)).toEqual([])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflow, `${path} is wider than the screen`).toBeLessThanOrEqual(0)
    }
    expect(complaints).toEqual([])
  })
}

test('the keyboard alone leads past the header into the page', async ({ page }, info) => {
  await page.goto(`/${info.project.metadata.lang}`)
  await page.locator('article').first().waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.locator('main')).toBeFocused()
})

test('going back leads to where one was', async ({ page }, info) => {
  await page.goto(`/${info.project.metadata.lang}/search`)
  await page.getByRole('list').first().waitFor()
  await page.goto(`/${info.project.metadata.lang}`)
  await page.locator('article').first().waitFor()
  await page.evaluate(() => scrollTo(0, 150))
  await page.waitForTimeout(200)
  const before = await page.evaluate(() => scrollY)
  await page.locator('article a[href*="/images/"]').first().evaluate((link) => /** @type {HTMLElement} */ (link).click())
  await page.waitForURL(/images/)
  await page.goBack()
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(before)
})
