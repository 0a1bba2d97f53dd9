import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { arrive, ask } from './people.js'
import { foreignTo, speaker } from './words.js'

// Ten or more pictures of 512×512 at least, whose names say what they show.
const ARTWORKS = process.env.ARTWORKS ?? ''
const stamp = Date.now().toString(36)
// Nobody who has been here before: what they have and may do is counted below.
const artist = process.env.ARTIST ?? `mina-${stamp}`
const buyer = process.env.BUYER ?? `joon-${stamp}`
const TITLE = `Paper Tides ${stamp}`
const TRAINING_MS = 240_000
const IMAGE_MS = 90_000

test.describe.configure({ mode: 'serial' })

/** Pages by who looks at them, kept open from one test to the next, as people do. */
const at = /** @type {Record<string, import('@playwright/test').Page>} */ ({})
const en = speaker('en')
const ko = speaker('ko')
let styleId = ''
let imagePath = ''
let shot = 0

test.afterAll(() => Promise.all(Object.values(at).map((page) => page.context().close())))

/** What was seen at this step, to be looked at later. @param {import('@playwright/test').Page} page @param {string} name */
async function keep(page, name) {
  shot += 1
  await page.screenshot({ path: path.join(test.info().project.outputDir, 'seen', `${String(shot).padStart(2, '0')}-${name}.png`) })
}

/** @param {import('@playwright/test').Page} page */
async function expectKorean(page) {
  expect(await page.locator('html').getAttribute('lang')).toBe('ko')
  expect(foreignTo(await page.locator('body').innerText()), page.url()).toEqual([])
}

test('an artist signs by hand and is one', async ({ browser }) => {
  const page = (at.artist = await arrive(browser, artist, 'en'))
  await page.goto('/en/become-artist')
  await page.getByLabel(en('accounts.artistName')).fill('Mina Kim')
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await page.getByRole('img', { name: en('accounts.drawHere') }).boundingBox()
  )
  await page.mouse.move(box.x + 40, box.y + box.height * 0.6)
  await page.mouse.down()
  for (let step = 1; step <= 24; step += 1) {
    const along = step / 24
    await page.mouse.move(box.x + 40 + along * (box.width - 80), box.y + box.height * (0.5 + 0.25 * Math.sin(along * 12)))
  }
  await page.mouse.up()
  await expect(page.getByRole('img', { name: en('accounts.grounds.busy') })).toBeVisible()
  await keep(page, 'signature')
  await page.getByRole('button', { name: en('accounts.becomeButton') }).click()
  await page.waitForURL('**/en/studio/new**')
})

test('the wizard takes real artworks, refuses what will not do, and outlives its tab', async () => {
  let page = at.artist
  await page.getByLabel(en('studio.title'), { exact: true }).fill(TITLE)
  await page.getByLabel(en('studio.description')).fill('Cut paper in coral and navy, made for calm covers.')
  await page.getByLabel(en('studio.price')).fill('7')
  await page.getByRole('button', { name: en('studio.next') }).click()

  const files = readdirSync(ARTWORKS).filter((name) => name.endsWith('.png')).map((name) => path.join(ARTWORKS, name))
  const picker = page.locator('input[type=file]')
  await picker.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await expect(page.getByText(en('uploads.wrong.unreadable'))).toBeVisible()
  await page.getByRole('button', { name: 'Remove notes.png' }).click()
  await picker.setInputFiles(files)
  await expect(page.getByText(`${files.length} artworks are here`)).toBeVisible({ timeout: 60_000 })
  await keep(page, 'wizard-artworks')
  await page.getByRole('button', { name: en('studio.next') }).click()

  const bulk = page.getByLabel(en('studio.bulk'))
  await bulk.fill('a red house, sun')
  await page.getByRole('button', { name: `Add to ${files.length} artworks` }).click()
  await expect(page.getByText(`${files.length} of ${files.length} tagged`)).toBeVisible()
  await keep(page, 'wizard-tags')
  await expect(page.getByText(en('studio.kept'))).toBeVisible()
  await page.close()
  page = at.artist = await page.context().newPage()
  await page.goto('/en/studio/new?step=tags')
  await expect(page.getByText(`${files.length} of ${files.length} tagged`)).toBeVisible()
  const pictures = page.locator('li img')
  await expect.poll(() => pictures.evaluateAll((all) => all.every((one) => /** @type {HTMLImageElement} */ (one).naturalWidth > 100))).toBe(true)
  await page.getByRole('button', { name: en('studio.next') }).click()

  await page.getByRole('button', { name: en('studio.startTraining') }).click()
  await expect(page.getByText(en('studio.problems.rights')).first()).toBeVisible()
  await page.getByLabel(en('studio.rightsText')).check()
  await page.getByLabel(en('studio.rightsName')).fill('Kim Mina')
  await keep(page, 'wizard-review')
  await page.getByRole('button', { name: en('studio.startTraining') }).click()
  await page.waitForURL('**/training')
  styleId = page.url().split('/').at(-2) ?? ''
})

test('the training is followed to its end, told, and leads to the style', async () => {
  test.setTimeout(TRAINING_MS + 60_000)
  const page = at.artist
  await expect(page.getByText(en('studio.mayClose'))).toBeVisible()
  await keep(page, 'training')
  await expect(page.getByText(en('studio.status.completed'))).toBeVisible({ timeout: TRAINING_MS })
  await expect(page.getByRole('list', { name: en('styles.samples') }).getByRole('img').first()).toBeVisible()
  await keep(page, 'trained')
  await page.goto('/en/notifications')
  await page.getByRole('link', { name: en('notifications.types.style_training_complete') }).click()
  await page.waitForURL(`**/${styleId}**`)
})

test('the price changes for images requested from now on', async () => {
  const page = at.artist
  await page.goto(`/en/studio/${styleId}/edit`)
  await page.getByLabel(en('studio.price')).fill('60')
  await page.getByRole('button', { name: en('common.save') }).click()
  await page.waitForURL('**/en/studio')
  await page.goto(`/en/styles/${styleId}`)
  await expect(page.getByText('60 tokens per image').first()).toBeVisible()
})

test('a buyer finds the style in Korean, and is told what is missing', async ({ browser }) => {
  const page = (at.buyer = await arrive(browser, buyer, 'ko'))
  await expectKorean(page)
  await page.goto('/ko/search')
  await page.getByRole('searchbox').fill(stamp)
  await page.getByRole('link', { name: TITLE }).first().click()
  await page.waitForURL(`**/ko/styles/${styleId}`)
  await order(page)
  await expect(page.getByText(ko('generations.balanceShort'))).toBeHidden()
  await keep(page, 'style')
  await expectKorean(page)
})

test('the image is watched until it is there; the price was taken once', async () => {
  test.setTimeout(IMAGE_MS + 60_000)
  const page = at.buyer
  await page.getByRole('button', { name: ko('generations.submit'), exact: true }).click()
  const requested = page.getByRole('heading', { name: ko('generations.justRequested') })
  await expect(requested).toBeVisible()
  await keep(page, 'requested')
  const image = requested.locator('..').getByRole('link').first()
  await expect(image).toHaveAccessibleName(new RegExp(`: ${ko('generations.status.completed')}$`), { timeout: IMAGE_MS })
  await expect(page.getByText('토큰 40개').first()).toBeVisible()
  await image.click()
  await page.waitForURL('**/ko/images/**')
  imagePath = new URL(page.url()).pathname.replace('/ko/', '')
  await keep(page, 'image')
  await expectKorean(page)
})

test('the downloaded file names the artist and the style', async () => {
  const page = at.buyer
  await page.getByRole('button', { name: ko('owner.download') }).click()
  await keep(page, 'download')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog').last().getByRole('button', { name: ko('owner.download') }).click(),
  ])
  const file = await download.path()
  const [told] = JSON.parse(execFileSync('exiftool', ['-json', '-G1', file], { encoding: 'utf8' }))
  expect(told['IPTC:By-line'] ?? told['XMP-dc:Creator'] ?? told['IFD0:Artist']).toContain('Mina Kim')
  expect(JSON.stringify(told)).toContain(styleId)
})

test('too few tokens lead to the packages; a declined card costs nothing, a good one pays once', async () => {
  const page = at.buyer
  await page.goto(`/ko/styles/${styleId}`)
  await order(page)
  await expect(page.getByText(ko('generations.balanceShort'))).toBeVisible()
  await page.getByRole('link', { name: ko('generations.getTokens') }).click()
  await page.waitForURL('**/ko/tokens')
  await expectKorean(page)

  await toPayment(page)
  await page.locator('summary').click()
  await page.locator('button[value=decline]').click()
  await page.waitForURL('**/ko/purchase/fail**')
  await expect(page.getByRole('heading', { name: ko('purchases.ends.failed') })).toBeVisible()
  await keep(page, 'declined')
  await expectKorean(page)
  await page.getByRole('link', { name: ko('purchases.again') }).click()
  await expect(page.getByText('토큰 40개').first()).toBeVisible()

  await toPayment(page)
  await keep(page, 'sandbox')
  await page.locator('button[value=pay]').click()
  await page.waitForURL('**/ko/purchase/success**')
  await expect(page.getByRole('heading', { name: ko('purchases.ends.paid') })).toBeVisible({ timeout: 20_000 })
  await keep(page, 'paid')
  await expectKorean(page)
  const balance = await page.getByText(ko('purchases.balanceNow')).innerText()
  await page.reload()
  await expect(page.getByText(balance)).toBeVisible()
})

test('a published image is commented on, and the answer reaches the other browser', async () => {
  const { artist: theirs, buyer: mine } = at
  await mine.goto(`/ko/${imagePath}`)
  await mine.getByRole('button', { name: ko('owner.publish'), exact: true }).click()
  await expect(mine.getByText(ko('owner.isPublic'))).toBeVisible()

  await theirs.goto(`/en/${imagePath}`)
  await theirs.getByLabel(en('community.addComment')).fill('The tide stands still here.')
  await theirs.getByRole('button', { name: en('community.send') }).click()
  await expect(theirs.getByText('The tide stands still here.')).toBeVisible()
  await theirs.getByRole('button', { name: en('community.like') }).click()

  await mine.goto('/ko/notifications')
  await mine.getByRole('link', { name: ko('notifications.types.comment') }).click()
  await expect(mine.getByText('The tide stands still here.')).toBeVisible()
  await mine.getByRole('button', { name: ko('community.actions.reply') }).click()
  await mine.getByLabel(ko('community.replyTo')).fill('고맙습니다!')
  await mine.getByRole('button', { name: ko('community.send') }).last().click()
  await expect(mine.getByText('고맙습니다!')).toBeVisible()
  await keep(mine, 'comments')

  await theirs.reload()
  await expect(theirs.getByText('고맙습니다!')).toBeVisible()
  await theirs.goto('/en/earnings')
  await expect(theirs.getByText('60 tokens').first()).toBeVisible()
  await keep(theirs, 'earnings')
})

test('a session that ends in mid-form keeps the form', async () => {
  const page = at.artist
  await page.goto('/en/settings')
  const bio = page.getByLabel(en('accounts.bio'))
  await bio.fill('I cut paper by the sea.')
  const cookies = await page.context().cookies()
  await page.context().clearCookies()
  await page.context().addCookies(cookies.filter(({ name }) => /csrf/i.test(name)))
  await page.getByRole('button', { name: en('common.save') }).first().click()
  const dialog = page.getByRole('dialog', { name: en('errors.expiredTitle') })
  await expect(dialog).toBeVisible()
  await keep(page, 'expired')
  const [tab] = await Promise.all([page.context().waitForEvent('page'), dialog.getByRole('link', { name: en('errors.expiredSignIn') }).click()])
  await tab.locator('input[name=login]').fill(artist)
  await tab.getByRole('button', { name: 'Sign in', exact: true }).click()
  await tab.waitForURL('**/en')
  await tab.close()
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await expect(dialog).toBeHidden()
  await expect(bio).toHaveValue('I cut paper by the sea.')
  await page.getByRole('button', { name: en('common.save') }).first().click()
  await expect(page.getByText(en('common.saved'))).toBeVisible()
  await page.reload()
  await expect(bio).toHaveValue('I cut paper by the sea.')
})

test('offline is said, a like is taken back, and all is well when the network is there again', async () => {
  const page = at.buyer
  await page.goto(`/ko/${imagePath}`)
  const like = page.getByRole('button', { name: ko('community.like') })
  await expect(like).toHaveAttribute('aria-pressed', 'false')
  await page.context().setOffline(true)
  await expect(page.getByText(ko('errors.offlineBanner'))).toBeVisible()
  await like.click()
  await expect(page.getByText(ko('errors.NETWORK'))).toBeVisible()
  await expect(like).toHaveAttribute('aria-pressed', 'false')
  await keep(page, 'offline')
  await page.context().setOffline(false)
  await expect(page.getByText(ko('errors.offlineBanner'))).toBeHidden()
  await like.click()
  await expect(like).toHaveAttribute('aria-pressed', 'true')
  await page.reload()
  await expect(like).toHaveAttribute('aria-pressed', 'true')
})

test('several images at once are watched together, and each is published', async () => {
  test.setTimeout(IMAGE_MS + 60_000)
  const { artist: theirs, buyer: mine } = at
  await ask(theirs, 'PATCH', `/styles/${styleId}`, { generation_cost_tokens: 5 })
  const asked = [['1:2', 'a white boat'], ['1:1', 'a yellow moon'], ['1:1', 'a dark forest'], ['1:2', 'a small bird'], ['1:1', 'a green hill'], ['1:1', 'a quiet harbour']]
  for (const [shape, tag] of asked) {
    await ask(mine, 'POST', '/generations', { style_id: styleId, prompt_tags: [tag], aspect_ratio: shape })
  }
  await mine.goto('/ko/me')
  const images = mine.locator('article')
  await expect(images).toHaveCount(asked.length + 1)
  await keep(mine, 'queue')
  await expect(images.locator('img')).toHaveCount(asked.length + 1, { timeout: IMAGE_MS })
  const ids = await images.locator('a[href*="/images/"]').evaluateAll((all) => [...new Set(all.map((one) => one.getAttribute('href')?.split('/').pop()))])
  for (const id of ids) await ask(mine, 'PATCH', `/generations/${id}`, { is_public: true })
  await mine.goto('/ko')
  for (const id of ids) await expect(mine.locator(`article a[href$="${id}"]`).first()).toBeVisible()
  await keep(mine, 'feed')
})

/** Fill in the panel for a square image. @param {import('@playwright/test').Page} page */
async function order(page) {
  const what = page.getByLabel(ko('generations.what'))
  await what.fill('a red house')
  await what.press('Enter')
  await what.fill('빨간 집')
  await expect(page.getByText(ko('common.tagsEnglishOnly'))).toBeVisible()
  await what.fill('')
}

/** @param {import('@playwright/test').Page} page */
async function toPayment(page) {
  await page.getByRole('button', { name: ko('purchases.pay') }).click()
  await page.waitForURL('**/toss/**')
  if (!(await page.locator('button[value=pay]').count())) throw new Error(`no payment page at ${page.url()}`)
}
