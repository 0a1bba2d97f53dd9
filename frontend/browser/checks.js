import Axe from '@axe-core/playwright'
import { expect } from '@playwright/test'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
// What alone can differ once the same page wears the other theme.
const OF_THEMES = ['color-contrast', 'link-in-text-block']
// The narrowest that text must reflow to (WCAG 1.4.10).
const NARROWEST = 320

/**
 * No barrier in either theme.
 * @param {import('@playwright/test').Page} page
 * @param {string} where
 */
export async function expectNoBarrier(page, where) {
  const size = page.viewportSize() ?? { width: 1280, height: 720 }
  // Tall enough that the bar at the foot covers nothing: what it covers, one scrolls away from it.
  const tall = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width: size.width, height: Math.min(tall + 100, 4000) })
  await wear(page, 'light')
  await expectClean(new Axe({ page }).withTags(TAGS), where)
  await wear(page, 'dark')
  await expectClean(new Axe({ page }).withRules(OF_THEMES), `${where} (dark)`)
  await page.setViewportSize(size)
}

/** @param {import('@playwright/test').Page} page @param {string} where */
export async function expectNoOverflow(page, where) {
  const size = page.viewportSize()
  for (const width of new Set([size?.width ?? NARROWEST, NARROWEST])) {
    await page.setViewportSize({ width, height: 800 })
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    await expect.soft.poll(over, { message: `${where} is wider than ${width} px`, timeout: 3000 }).toBeLessThanOrEqual(0)
  }
  if (size) await page.setViewportSize(size)
}

/** A page has come to rest. @param {import('@playwright/test').Page} page */
export async function arrived(page) {
  await expect(page.locator('h1')).toHaveCount(1)
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
}

/**
 * What the browser complains of from now on: errors, and what the policy forbids.
 * @param {import('@playwright/test').Page} page
 */
export function listen(page) {
  /** @type {string[]} */
  const complaints = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

/** A theme, once every colour has arrived. @param {import('@playwright/test').Page} page @param {'light' | 'dark'} theme */
async function wear(page, theme) {
  await page.emulateMedia({ colorScheme: theme })
  await page.waitForFunction((wanted) => matchMedia(`(prefers-color-scheme: ${wanted})`).matches, theme)
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame)
    await frame()
    await frame()
    const onTheirWay = document.getAnimations().filter((one) => one instanceof CSSTransition)
    await Promise.allSettled(onTheirWay.map(({ finished }) => finished))
    await frame()
  })
}

/** @param {Axe} axe @param {string} where */
async function expectClean(axe, where) {
  const { violations } = await axe.analyze()
  expect.soft(violations.map(({ id, nodes }) => `${where} ${id}: ${nodes.map(({ target }) => target).join(' | ')}`)).toEqual([])
}
