import { defineConfig, devices } from '@playwright/test'

// Against a platform that runs (`make run`); WEB_URL says where.
export default defineConfig({
  testDir: './browser',
  workers: 1,
  timeout: 60_000,
  use: {
    baseURL: process.env.WEB_URL ?? 'http://localhost:8000',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  projects: [
    { name: 'desktop-en-light', use: { ...devices['Desktop Chrome'], colorScheme: 'light', locale: 'en-US' }, metadata: { lang: 'en' } },
    { name: 'mobile-ko-dark', use: { viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'ko-KR' }, metadata: { lang: 'ko' } },
  ],
})
