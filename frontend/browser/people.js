import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from '@playwright/test'

/**
 * Signs somebody in; once a run, because five a few minutes is all that an address may.
 * @param {import('@playwright/test').Page} page
 * @param {string} login
 */
export async function signIn(page, login) {
  // Emptied when a run begins.
  const folder = `${test.info().project.outputDir}/people`
  const kept = `${folder}/${login}.json`
  if (existsSync(kept)) return page.context().addCookies(JSON.parse(readFileSync(kept, 'utf8')))
  await page.goto('/api/auth/google/login?next=/en/login')
  await page.getByRole('button', { name: login, exact: false }).first().click()
  await page.waitForURL(/\/en\/login/)
  mkdirSync(folder, { recursive: true })
  writeFileSync(kept, JSON.stringify(await page.context().cookies()))
}
