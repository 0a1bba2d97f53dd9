import { expect, test } from '@playwright/test'
import { arrived, expectNoBarrier, expectNoOverflow, listen } from './checks.js'
import { filled, names } from './places.js'
import { signIn, signInAsArtist } from './people.js'
import { foreignTo } from './words.js'

const ARTIST = process.env.ARTIST ?? 'alice'
const BUYER = process.env.BUYER ?? 'bob'
const STYLELESS = 'dana'

/** Who looks at what; the names of things that the platform holds are filled in. */
const PAGES = {
  '': ['', '/search', '/search?q=paper', '/search?q=zzzz', '/styles/{style}', '/images/{image}', '/people/{artist}', '/login?error=denied', '/nope'],
  carol: ['/me', '/following', '/tokens', '/notifications', '/settings', '/settings/leave', '/become-artist', '/purchase/fail', '/forbidden?needs=artist'],
  [BUYER]: ['/me', '/me?show=liked', '/notifications', '/tokens', '/images/{image}'],
  [STYLELESS]: ['/studio', '/studio/new', '/earnings'],
  [ARTIST]: ['/studio', '/studio/{style}/edit', '/studio/{style}/training', '/earnings', '/settings', '/settings/leave'],
  oscar: ['/operator/tags', '/operator/jobs', '/operator/ledger'],
}
/** Pages that wait for the API, with what they wait for. */
const WAITING = ['', '/search', '/styles/{style}', '/images/{image}', '/people/{artist}', '/me', '/following', '/tokens', '/notifications', '/settings/leave']

const DATA = /\/api\/(?!auth\/me)/
const BROKEN = { success: false, error: { code: 'INTERNAL_ERROR', message: 'Broken.', request_id: 'r-1' } }

for (const [login, paths] of Object.entries(PAGES)) {
  test(`${login || 'a visitor'} meets no barrier, no overflow and nothing the policy forbids`, async ({ page, request }, info) => {
    test.setTimeout(180_000)
    const known = await names(request)
    if (login === STYLELESS) await signInAsArtist(page, login)
    else if (login) await signIn(page, login)
    const complaints = listen(page)
    for (const lang of info.project.metadata.languages) {
      for (const path of paths) {
        const where = `/${lang}${filled(path, known)}`
        await page.goto(where)
        await arrived(page)
        await expectNoBarrier(page, where)
        await expectNoOverflow(page, where)
        if (lang === 'ko') expect(foreignTo(await page.locator('body').innerText()), where).toEqual([])
      }
    }
    expect(complaints).toEqual([])
  })
}

test('pages that wait, and pages whose data does not come, hold no barrier either', async ({ page, request }) => {
  test.setTimeout(180_000)
  const known = await names(request)
  await signIn(page, 'carol')
  for (const path of WAITING) {
    const where = `/en${filled(path, known)}`
    let release = () => {}
    const released = new Promise((go) => (release = () => go(null)))
    await page.route(DATA, async (route) => {
      await released
      await route.fulfill({ status: 500, json: BROKEN })
    })
    await page.goto(where)
    await expect(page.locator('[aria-busy=true]').first(), where).toBeVisible()
    await expectNoBarrier(page, `${where} waiting`)
    release()
    const again = page.getByRole('main').getByRole('button', { name: 'Try again' }).first()
    await expect(again).toBeVisible()
    await expectNoBarrier(page, `${where} failed`)
    await page.unroute(DATA)
    // A page may hold several lists, each of which asks again by itself.
    await expect(async () => {
      if (await again.count()) await again.click({ timeout: 500 })
      expect(await again.count(), where).toBe(0)
    }).toPass()
  }
})

test('a first visit to a public page asks for nothing twice, and begins before its code is there', async ({ page, request }) => {
  const known = await names(request)
  for (const path of ['', '/search', '/styles/{style}', '/images/{image}', '/people/{artist}']) {
    /** @type {string[]} */
    const asked = []
    const note = (/** @type {import('@playwright/test').Request} */ one) => asked.push(new URL(one.url()).pathname + new URL(one.url()).search)
    page.on('request', note)
    await page.goto(`/en${filled(path, known)}`)
    await arrived(page)
    page.off('request', note)
    const calls = asked.filter((one) => one.startsWith('/api/'))
    expect(calls, path).toEqual([...new Set(calls)])
    const code = asked.findIndex((one) => one.includes('Page-'))
    expect(asked.indexOf(calls[0]), path).toBeLessThan(code)
  }
})

test('the keyboard alone leads past the header into the page', async ({ page }) => {
  await page.goto('/en')
  await page.locator('article').first().waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.locator('main')).toBeFocused()
})

test('going back leads to where one was', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 420 })
  await page.goto('/en')
  await page.locator('article').first().waitFor()
  await page.evaluate(() => scrollTo(0, 60))
  await page.waitForTimeout(200)
  const before = await page.evaluate(() => scrollY)
  expect(before).toBeGreaterThan(0)
  await page.locator('article a[href*="/styles/"]').first().evaluate((link) => /** @type {HTMLElement} */ (link).click())
  await page.waitForURL(/styles/)
  await page.goBack()
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(before)
})

test('several images are made private together, and published again', async ({ page }) => {
  await signIn(page, BUYER, '/en/me')
  await arrived(page)
  await page.getByRole('button', { name: 'Select', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Selected images' })).toBeFocused()
  await page.getByRole('button', { name: 'Select all' }).click()
  await expect(page.getByRole('checkbox', { checked: false })).toHaveCount(0)
  await expectNoBarrier(page, 'selecting images')
  await expectNoOverflow(page, 'selecting images')
  const publics = async () => (await (await page.request.get('/api/generations/me?is_public=true')).json()).data.results.length
  const before = await publics()
  await page.getByRole('button', { name: 'Make private' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(publics).toBe(before)
})

test('one chooses the square of one’s picture, by keyboard too', async ({ page }) => {
  await signIn(page, 'carol', '/en/settings')
  const wide = await page.screenshot({ clip: { x: 0, y: 0, width: 390, height: 200 } })
  await page.getByLabel('Picture', { exact: true }).setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await expect(page.getByText('This file cannot be read as an image.')).toBeVisible()
  await page.getByLabel('Picture', { exact: true }).setInputFiles({ name: 'wide.png', mimeType: 'image/png', buffer: wide })
  const dialog = page.getByRole('dialog', { name: 'Your picture' })
  await expect(dialog.getByRole('button', { name: 'Use this picture' })).toBeEnabled()
  await expectNoBarrier(page, 'cropping a picture')
  await expectNoOverflow(page, 'cropping a picture')
  const picture = dialog.locator('[data-picture]')
  const frame = dialog.getByRole('group', { name: 'Position of the picture' })
  await expect(frame).toBeFocused()
  const before = await picture.boundingBox()
  const middle = (/** @type {{ x: number, width: number } | null} */ box) => (box ? box.x + box.width / 2 : 0)
  expect(Math.abs(middle(before) - middle(await frame.boundingBox()))).toBeLessThan(1)
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('+')
  await expect.poll(async () => (await picture.boundingBox())?.width).toBeGreaterThan(before?.width ?? 0)
  await dialog.getByRole('button', { name: 'Use this picture' }).click()
  await expect(page.getByText('wide.png')).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  const { profile_image_url: address } = (await (await page.request.get('/api/auth/me')).json()).data
  const [width, height] = await page.evaluate(async (url) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob())
    return [bitmap.width, bitmap.height]
  }, address)
  expect([width, height]).toEqual([height, width])
})

test('a style begun is there after the tab is gone, until one starts over', async ({ page }) => {
  await signInAsArtist(page, STYLELESS)
  await page.goto('/en/studio/new')
  await page.getByLabel('Title', { exact: true }).fill('Half a thought')
  await expect(page.getByText('Draft kept in this browser')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Title', { exact: true })).toHaveValue('Half a thought')
  await page.getByRole('button', { name: 'Start over' }).click()
  await expectNoBarrier(page, 'starting over')
  await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click()
  await expect(page.getByLabel('Title', { exact: true })).toHaveValue('')
  await page.reload()
  await expect(page.getByLabel('Title', { exact: true })).toHaveValue('')
})
