// What Lighthouse says of the public pages, as phones see them: `node audit.mjs URL [--runs 5]`.
import { parseArgs } from 'node:util'
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'

const FULL = ['accessibility', 'best-practices', 'seo']
const CLS_MAX = 0.02
// What the browser cannot tell without a screen, and what this machine's certificate-less address cannot have.
const SKIPPED = ['bf-cache', 'is-on-https', 'redirects-http']
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '5' } } })
const [url = 'http://localhost:8000'] = positionals

/** Public pages, with something of the platform's own on each. */
async function pages() {
  const answer = await fetch(`${url}/api/generations/feed?limit=1`)
  const [newest] = (await answer.json()).data.results
  if (!newest) throw new Error('The platform holds no public image yet.')
  const { style } = newest
  return { feed: '/en', search: '/en/search', style: `/en/styles/${style.id}`, image: `/en/images/${newest.id}`, person: `/ko/people/${style.artist.id}` }
}

/** @param {number[]} numbers */
const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]

async function audit(page) {
  const chrome = await launch({ chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromeFlags: FLAGS })
  try {
    const { lhr } = await lighthouse(page, { port: chrome.port, skipAudits: SKIPPED, logLevel: 'silent' })
    if (lhr.runtimeError) throw new Error(`${page}: ${lhr.runtimeError.message}`)
    return lhr
  } finally {
    chrome.kill()
  }
}

const short = (lhr, id) => lhr.categories[id].auditRefs.filter(({ id: ref, weight }) => weight && lhr.audits[ref].score !== null && lhr.audits[ref].score < 1)
const failed = []
console.log('page     performance    LCP s   CLS    TBT ms   accessibility, best practices, SEO')
for (const [name, path] of Object.entries(await pages())) {
  const runs = []
  for (let run = 0; run < Number(values.runs); run++) runs.push(await audit(url + path))
  const of = (id, unit = 1) => median(runs.map((lhr) => lhr.audits[id].numericValue / unit))
  const score = (id) => Math.min(...runs.map((lhr) => Math.round(lhr.categories[id].score * 100)))
  const all = runs.map((lhr) => Math.round(lhr.categories.performance.score * 100))
  const full = FULL.map(score)
  const cls = Math.max(...runs.map((lhr) => lhr.audits['cumulative-layout-shift'].numericValue))
  console.log([name.padEnd(8), String(median(all)).padStart(3), `(${Math.min(...all)}–${Math.max(...all)})`.padEnd(10), of('largest-contentful-paint', 1000).toFixed(2), cls.toFixed(3), of('total-blocking-time').toFixed(0).padStart(5), '  ', full.join(' ')].join(' '))
  for (const id of FULL) for (const lhr of runs) for (const { id: ref } of short(lhr, id)) failed.push(`${name} ${id}: ${lhr.audits[ref].title}`)
  if (cls > CLS_MAX) failed.push(`${name}: layout shifts by ${cls.toFixed(3)}`)
}
for (const line of new Set(failed)) console.log(`SHORT ${line}`)
process.exitCode = failed.length ? 1 : 0
