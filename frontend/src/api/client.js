import { ApiError } from './errors'

const TIMEOUT_MS = 20_000
const SAFE = new Set(['GET', 'HEAD'])

/** @type {{ language: () => string, intercept: (error: ApiError, told: { quiet: boolean }) => void }} */
const hooks = { language: () => 'en', intercept: () => {} }

/**
 * Say once how calls speak and what happens on every failure.
 * @param {Partial<typeof hooks>} given
 */
export function configureClient(given) {
  Object.assign(hooks, given)
}

/** The token that changes must repeat; present exactly while somebody is signed in. */
export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? null
}

/**
 * One call to the API; gives `data` of its envelope as `schema` reads it.
 *
 * Every failure is an ApiError and passes the one interceptor first. `quiet` tells it that the
 * caller shows the failure where it happened.
 * @template {import('zod/mini').ZodMiniType} S
 * @param {string} method
 * @param {string} path below /api
 * @param {object} options
 * @param {S} options.schema
 * @param {unknown} [options.body]
 * @param {Record<string, string | number | boolean | null | undefined>} [options.query]
 * @param {AbortSignal} [options.signal]
 * @param {string} [options.idempotencyKey]
 * @param {boolean} [options.quiet]
 * @returns {Promise<import('zod/mini').infer<S>>}
 */
export async function call(method, path, { schema, quiet = false, ...request }) {
  try {
    const response = await ask(method, path, request)
    return await read(response, schema)
  } catch (error) {
    if (error instanceof ApiError && !request.signal?.aborted) hooks.intercept(error, { quiet })
    throw error
  }
}

/** @param {string} method @param {string} path @param {Record<string, any>} request */
async function ask(method, path, { body, query, signal, idempotencyKey }) {
  const patience = AbortSignal.timeout(TIMEOUT_MS)
  const target = path + queryText(query)
  try {
    const early = method === 'GET' ? askedAtBoot(target) : undefined
    return await (early ?? fetch(`/api${target}`, {
      method,
      credentials: 'same-origin',
      headers: headersFor(method, body, idempotencyKey),
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    }))
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ApiError({ code: patience.aborted ? 'TIMEOUT' : 'NETWORK' })
  }
}

/** The answer that public/boot.js asked for, given once. @param {string} target @returns {Promise<Response> | undefined} */
function askedAtBoot(target) {
  const asked = /** @type {{ askedAtBoot?: Map<string, Promise<Response>> }} */ (globalThis).askedAtBoot
  const answer = asked?.get(target)
  asked?.delete(target)
  return answer
}

function headersFor(method, body, idempotencyKey) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json', 'Accept-Language': hooks.language() }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (idempotencyKey) headers['Idempotency-Key'] = idempotencyKey
  const token = SAFE.has(method) ? null : csrfToken()
  if (token) headers['X-CSRFToken'] = token
  return headers
}

function queryText(query = {}) {
  const told = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return told.length ? `?${new URLSearchParams(told.map(([name, value]) => [name, String(value)]))}` : ''
}

async function read(response, schema) {
  const requestId = response.headers.get('X-Request-Id')
  const answer = await response.json().catch(() => null)
  if (!response.ok || answer?.success !== true) {
    const { code = 'UNREADABLE_ANSWER', message, details } = answer?.error ?? {}
    const asked = Number(response.headers.get('Retry-After'))
    throw new ApiError({
      code,
      message,
      status: response.status,
      details: { ...(asked ? { retry_after_seconds: asked } : {}), ...details },
      requestId: details?.request_id ?? requestId,
    })
  }
  const parsed = schema.safeParse(answer.data)
  if (parsed.success) return parsed.data
  console.error(`Unexpected answer of ${response.url}`, parsed.error.issues)
  throw new ApiError({ code: 'UNREADABLE_ANSWER', status: response.status, requestId })
}
