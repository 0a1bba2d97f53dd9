// States that a page is in only for a while, or only when something has gone wrong. The platform's
// own answers are changed on their way, so that each state is there when it is looked at.
import { expect, test } from '@playwright/test'
import { arrived, expectNoBarrier, expectNoOverflow } from './checks.js'
import { signIn, signInAsArtist } from './people.js'
import { filled, names } from './places.js'
import { foreignTo, speaker } from './words.js'

const ARTIST = process.env.ARTIST ?? 'alice'
const BUYER = process.env.BUYER ?? 'bob'
const STYLELESS = 'dana'
const NOW = new Date().toISOString()
const NOBODY = '00000000-0000-7000-8000-000000000000'

const GENERATION = /\/api\/generations\/[\da-f-]{36}$/
const STYLE = /\/api\/styles\/[\da-f-]{36}$/
const progress = { progress_percent: 40, estimated_seconds: 12, last_updated: NOW }

/** One's own image on its way. @param {object} change @returns {Change} */
const underway = (change) => [GENERATION, (data) => ({ ...data, is_own: true, price_tokens: 60, image_url: null, preview_url: null, thumbnail_url: null, download_url: null, completed_at: null, ...change })]

/** @param {object} change @returns {Change} */
const training = (change) => [STYLE, (data) => ({ ...data, is_own: true, sample_urls: [], ...change })]

/** @param {string} status @returns {Change} */
const payment = (status) => [
  /api\/tokens\/purchase/,
  () => ({ id: NOBODY, order_id: 'o', package_id: 'basic_100', tokens: 100, amount: 10_000, currency: 'KRW', status, payment_url: null, expires_at: NOW }),
]

/**
 * @typedef {[RegExp, (data: any) => any]} Change of what an answer holds
 * @typedef {(key: string) => string | RegExp} Words
 * @typedef {object} State
 * @property {string} path
 * @property {Change} [change]
 * @property {(page: import('@playwright/test').Page, t: Words) => Promise<unknown>} [act]
 * @property {(page: import('@playwright/test').Page, t: Words) => import('@playwright/test').Locator} sees
 */

/** @type {Record<string, Record<string, State>>} */
const STATES = {
  '': {
    'a feed of nothing': { path: '', change: [/feed/, () => ({ results: [], next_cursor: null, has_more: false })], sees: (page, t) => page.getByText(t('generations.feedEmptyTitle')) },
    'an image that is not there': { path: `/images/${NOBODY}`, sees: (page, t) => page.getByText(t('errors.notFoundTitle')) },
    'the menu': { path: '/nope', act: (page) => page.locator('header button[aria-expanded]').click(), sees: (page, t) => page.getByRole('group', { name: t('shell.theme') }) },
  },
  [BUYER]: {
    'an image in line': { path: '/images/{image}', change: underway({ status: 'queued', place_in_line: { position: 3, estimated_start_seconds: 24 } }), sees: (page, t) => page.getByRole('button', { name: t('owner.cancel') }) },
    'an image being made': { path: '/images/{image}', change: underway({ status: 'processing', progress: { current_step: 8, total_steps: 20, ...progress } }), sees: (page) => page.getByRole('progressbar') },
    'an image tried again': { path: '/images/{image}', change: underway({ status: 'retrying', retry_count: 1 }), sees: (page, t) => page.getByText(t('generations.status.retrying')) },
    'an image that failed': { path: '/images/{image}', change: underway({ status: 'failed', failure: { code: 'GENERATION_FAILED', message: '…', details: {} } }), sees: (page, t) => page.getByText(t('generations.refunded')) },
    'an image cancelled': { path: '/images/{image}', change: underway({ status: 'canceled' }), sees: (page, t) => page.getByText(t('generations.refunded')) },
    'too few tokens': { path: '/styles/{style}', change: [/auth\/me$/, (data) => ({ ...data, token_balance: 1 })], sees: (page, t) => page.getByRole('link', { name: t('generations.getTokens') }) },
    'a request without words': {
      path: '/styles/{style}',
      change: [/auth\/me$/, (data) => ({ ...data, token_balance: 10_000 })],
      act: async (page, t) => {
        await page.locator('summary', { hasText: t('generations.moreOptions') }).click()
        await page.getByRole('button', { name: t('generations.submit'), exact: true }).click()
      },
      sees: (page, t) => page.getByText(t('generations.tagsNeeded')),
    },
    'a payment being confirmed': { path: '/purchase/success?paymentKey=k&orderId=o&amount=10000', change: payment('confirming'), sees: (page, t) => page.getByRole('heading', { name: t('purchases.ends.confirming') }) },
    'a payment made': { path: '/purchase/success?paymentKey=k&orderId=o&amount=10000', change: payment('paid'), sees: (page, t) => page.getByRole('heading', { name: t('purchases.ends.paid') }) },
    'an ended session': {
      path: '/settings',
      act: async (page, t) => {
        await page.route(/users\/me$/, (route) => route.fulfill({ status: 401, json: { success: false, error: { code: 'UNAUTHORIZED', message: '', details: {} } } }))
        await page.getByRole('button', { name: t('common.save') }).first().click()
      },
      sees: (page, t) => page.getByRole('dialog', { name: t('errors.expiredTitle') }),
    },
    'no network': { path: '/notifications', act: (page) => page.context().setOffline(true), sees: (page, t) => page.getByText(t('errors.offlineBanner')) },
  },
  [ARTIST]: {
    'a training in line': { path: '/studio/{style}/training', change: training({ training_status: 'pending' }), sees: (page, t) => page.getByText(t('studio.status.pending')) },
    'a training that runs': { path: '/studio/{style}/training', change: training({ training_status: 'training', progress: { current_epoch: 7, total_epochs: 20, ...progress } }), sees: (page, t) => page.getByText(t('studio.mayClose')) },
    'a training that failed': {
      path: '/studio/{style}/training',
      change: training({ training_status: 'failed', failure: { code: 'ARTWORKS_INVALID', message: '…', details: { files: [{ filename: 'harbour.png' }] } } }),
      sees: (page, t) => page.getByRole('link', { name: t('studio.again') }),
    },
    'leaving in mid-work': { path: '/settings/leave', change: [/leaving$/, (data) => ({ ...data, outcome: 'job_in_flight' })], sees: (page, t) => page.getByRole('button', { name: t('leaving.askAgain') }) },
    'a new signature': { path: '/settings', act: (page, t) => page.getByRole('button', { name: t('accounts.newSignature') }).click(), sees: (page, t) => page.getByRole('img', { name: t('accounts.drawHere') }) },
  },
  [STYLELESS]: {
    'a wizard with gaps': { path: '/studio/new?step=basics', act: (page, t) => page.getByRole('button', { name: t('studio.next') }).click(), sees: (page, t) => page.getByText(t('studio.mend')) },
    'a wizard without artworks': { path: '/studio/new?step=artworks', sees: (page, t) => page.getByText(t('studio.drop')) },
    'a wizard without tags': { path: '/studio/new?step=tags', sees: (page, t) => page.getByLabel(t('studio.bulk')) },
    'a wizard before its end': { path: '/studio/new?step=review', act: (page, t) => page.getByRole('button', { name: t('studio.startTraining') }).click(), sees: (page, t) => page.getByText(t('studio.mend')) },
  },
}

for (const [login, states] of Object.entries(STATES)) {
  test(`${login || 'a visitor'} meets no barrier in passing states`, async ({ page, request }, info) => {
    test.setTimeout(240_000)
    const known = await names(request)
    if (login === STYLELESS) await signInAsArtist(page, login)
    else if (login) await signIn(page, login)
    for (const lang of info.project.metadata.languages) {
      const t = speaker(lang)
      for (const [state, { path, change, act, sees }] of Object.entries(states)) {
        const where = `${state} (${lang})`
        if (change) {
          await page.route(change[0], async (route) => {
            const response = await route.fetch()
            const told = await response.json()
            await route.fulfill({ status: 200, json: { success: true, data: change[1](told.data) } })
          })
        }
        await page.goto(`/${lang}${filled(path, known)}`)
        await arrived(page)
        await act?.(page, t)
        await expect(sees(page, t).first(), where).toBeVisible()
        await expectNoBarrier(page, where)
        await expectNoOverflow(page, where)
        if (lang === 'ko') expect(foreignTo(await page.locator('body').innerText()), where).toEqual([])
        await page.context().setOffline(false)
        await page.unrouteAll({ behavior: 'ignoreErrors' })
      }
    }
  })
}
