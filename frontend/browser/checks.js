import { expect } from '@playwright/test'
import axe from 'axe-core'

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
  await expectClean(page, where, { type: 'tag', values: TAGS })
  await wear(page, 'dark')
  await expectClean(page, `${where} (dark)`, { type: 'rule', values: OF_THEMES })
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

/** A theme, its colours at once: one on its way has no contrast to measure. @param {import('@playwright/test').Page} page @param {'light' | 'dark'} theme */
async function wear(page, theme) {
  await page.evaluate(() => {
    const still = new CSSStyleSheet()
    still.replaceSync('*, ::before, ::after { transition: none !important }')
    document.adoptedStyleSheets = [still]
  })
  await page.emulateMedia({ colorScheme: theme })
  await page.waitForFunction((wanted) => matchMedia(`(prefers-color-scheme: ${wanted})`).matches, theme)
  await page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))))
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} where
 * @param {import('axe-core').RunOnly} runOnly
 */
async function expectClean(page, where, runOnly) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const violations = await page.evaluate(async (runOnly) => {
    const { violations } = await /** @type {any} */ (window).axe.run({ runOnly, resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target} ${any[0]?.message ?? ''}`).join(' | ')}`)
  }, runOnly)
  expect.soft(violations, where).toEqual([])
}
