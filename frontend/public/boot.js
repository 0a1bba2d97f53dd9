// Before the first paint. A file, because the policy allows no inline script.
try {
  // So that a chosen theme never flashes.
  const theme = localStorage.getItem('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  if (localStorage.getItem('face')) document.documentElement.dataset.face = ''
} catch {
  // Storage may be closed to us; the system's theme then stays.
}

// What a public page asks for first is under way while its code is fetched, and so are its first
// picture and its own part of the code; src/api/client.js takes the answers.
{
  const [, lang, place = '', id = '', more] = location.pathname.split('/')
  const isPlain = ['en', 'ko'].includes(lang) && !location.search && more === undefined
  const first = {
    '': ['/generations/feed?limit=30'],
    search: ['/styles?sort=recent&limit=24'],
    styles: id && [`/styles/${id}`, `/generations/feed?style_id=${id}&limit=30`],
    images: id && [`/generations/${id}`],
    people: id && [`/styles?artist_id=${id}`, `/users/${id}`, `/generations/feed?artist_id=${id}&limit=30`],
  }
  const pictureOf = ({ results: [one] = [], sample_urls: [sample] = [], ...data }) =>
    sample ?? data.preview_url ?? one?.preview_url ?? one?.thumbnail_url

  const asked = (globalThis.askedAtBoot = new Map())
  for (const target of (isPlain && first[place]) || []) {
    const headers = { Accept: 'application/json', 'Accept-Language': lang }
    const answer = fetch(`/api${target}`, { headers, signal: AbortSignal.timeout(20_000) })
    if (!asked.size) {
      const picture = answer.then((response) => response.clone().json()).then(({ data }) => pictureOf(data))
      // Whoever takes the answer hears of its failure.
      picture.then((src) => src && Object.assign(new Image(), { fetchPriority: 'high', src })).catch(() => {})
    } else answer.catch(() => {})
    asked.set(target, answer)
  }
  // Named by the build (vite.config.js).
  const files = JSON.parse(document.currentScript.dataset.files ?? '{}')
  for (const file of asked.size ? [...(files[place] ?? []), ...(files[lang] ?? [])] : []) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href: `/assets/${file}` }))
  }
  // What nobody took by now is old when somebody asks.
  setTimeout(() => asked.clear(), 10_000)
}
