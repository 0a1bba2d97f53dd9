/** Of the newest public image, its style and its artist. @param {import('@playwright/test').APIRequestContext} request */
export async function names(request) {
  const [newest] = (await (await request.get('/api/generations/feed?limit=1')).json()).data.results
  return { image: newest.id, style: newest.style.id, artist: newest.style.artist.id }
}

/** A path whose names are filled in. @param {string} path @param {Record<string, string>} known */
export const filled = (path, known) => path.replace(/\{(\w+)\}/g, (_, name) => known[name])
