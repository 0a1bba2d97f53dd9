// What a first visit to each page loads in JavaScript, gzipped, against what it may.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const KB = 1000
const BUDGET = { feed: 95, page: 130, css: 12, locale: 12 }
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
const size = (file) => gzipSync(readFileSync(`dist/${file}`)).length / KB

/** Every file that an entry needs before it runs. */
function needs(key, found = new Set()) {
  const chunk = manifest[key]
  if (found.has(chunk.file)) return found
  found.add(chunk.file)
  chunk.imports?.forEach((one) => needs(one, found))
  return found
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
const catalogue = (part) =>
  Math.max(...['en', 'ko'].map((lang) => size(manifest[`src/i18n/locales/${lang}/${part}.js`].file)))
const [outside, inside, viewing] = ['outside', 'inside', 'viewing'].map(catalogue)
const pages = Object.keys(manifest).filter((key) => key.endsWith('Page.vue'))
const css = readdirSync('dist/assets').filter((file) => file.endsWith('.css'))

const rows = pages.map((page) => {
  const files = new Set([...needs(entry), ...needs(page)])
  const kb = [...files].reduce((sum, file) => sum + size(file), 0) + outside
  const isFeed = page.includes('FeedPage')
  return { name: page.split('/').pop().replace('.vue', ''), kb: isFeed ? kb : kb + inside + viewing, most: isFeed ? BUDGET.feed : BUDGET.page }
})
rows.push({ name: 'css', kb: css.reduce((sum, file) => sum + size(`assets/${file}`), 0), most: BUDGET.css })
rows.push({ name: 'locale', kb: outside + inside + viewing, most: BUDGET.locale })

for (const { name, kb, most } of rows.sort((one, other) => other.kb - one.kb)) {
  console.log(`${kb > most ? 'OVER' : 'ok  '} ${kb.toFixed(1).padStart(6)} of ${most} kB  ${name}`)
}
process.exitCode = rows.some(({ kb, most }) => kb > most) ? 1 : 0
