import { defineConfig, devices } from '@playwright/test'

// A colour on its way to another has no contrast to measure.
const CALM = { contextOptions: { reducedMotion: /** @type {const} */ ('reduce') } }
// They look at what the journeys leave behind; against one's own content, `--no-deps`.
const dependencies = ['journeys']
const PAGES = /(pages|states|viewer)\.spec\.js/

// Pictures, not tests: only when somebody says where to put them (`make screenshots`).
const PORTRAITS = process.env.PORTRAITS
  ? [{ name: 'portraits', testMatch: /portraits\.spec\.js/, use: { viewport: { width: 1440, height: 900 }, locale: 'en-US', colorScheme: /** @type {const} */ ('light'), ...CALM } }]
  : []

// Against a platform that runs (`make run`); WEB_URL says where.
export default defineConfig({
  testDir: './browser',
  outputDir: process.env.SEEN ?? '../.local/browser',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: process.env.WEB_URL ?? 'http://localhost:8000',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  // Each page is met in each language, each language at one width.
  projects: [
    { name: 'journeys', testMatch: /journeys\.spec\.js/, use: { ...devices['Desktop Chrome'], trace: 'retain-on-failure' } },
    { name: 'desktop', testMatch: PAGES, dependencies, use: { ...devices['Desktop Chrome'], ...CALM }, metadata: { languages: ['en'] } },
    { name: 'phone', testMatch: PAGES, dependencies, use: { viewport: { width: 390, height: 844 }, hasTouch: true, ...CALM }, metadata: { languages: ['ko'] } },
    ...PORTRAITS,
  ],
})
