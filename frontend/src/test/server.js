import { vi } from 'vitest'

/**
 * Answers calls of `fetch` by "METHOD /path", whose last step may be `*`; each answer is data, an Error of the API, or a
 * function of the request. Gives the requests that were made.
 * @param {Record<string, any>} answers
 */
export function serve(answers) {
  /** @type {{ method: string, path: string, query: URLSearchParams, headers: Record<string, string>, body: any }[]} */
  const requests = []
  vi.stubGlobal('fetch', async (/** @type {string} */ address, /** @type {any} */ options) => {
    const { pathname, searchParams } = new URL(address, 'http://localhost')
    const request = {
      method: options.method,
      path: pathname.replace('/api', ''),
      query: searchParams,
      headers: options.headers,
      body: options.body && JSON.parse(options.body),
    }
    requests.push(request)
    const told = answers[`${request.method} ${request.path}`] ?? answers[`${request.method} ${request.path.replace(/[^/]+$/, '*')}`]
    if (told === undefined) throw new Error(`nobody answers ${request.method} ${request.path}`)
    const answer = typeof told === 'function' ? told(request) : told
    if (answer instanceof Error) throw answer
    const { status = 200, error, headers = {} } = answer?.refused ?? {}
    const body = error ? { success: false, error } : { success: true, data: answer }
    return new Response(JSON.stringify(body), { status, headers: { 'X-Request-Id': 'req-1', ...headers } })
  })
  return requests
}

/** A refusal of the API. @param {number} status @param {string} code @param {object} [details] @param {object} [headers] */
export const refusal = (status, code, details = {}, headers = {}) => ({
  refused: { status, error: { code, message: `${code} in words`, details }, headers },
})

/** @param {any[]} results @param {string | null} [cursor] */
export const page = (results, cursor = null) => ({ results, next_cursor: cursor, has_more: cursor !== null })
