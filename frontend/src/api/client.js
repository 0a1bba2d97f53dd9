import * as z from 'zod/mini'
import { ApiError, MISMATCH, OFFLINE } from './errors.js'

const TIMEOUT_MS = 20_000

/** @type {{language: () => string, failed: (error: ApiError) => void}} */
const told = { language: () => 'en', failed: () => {} }

/**
 * The one interceptor: which language answers come in, and who hears of errors.
 * @param {Partial<typeof told>} by
 */
export function tell(by) {
  Object.assign(told, by)
}

/**
 * Call the API; answers `data` of the envelope as `schema` reads it.
 * Rejects with ApiError, and with AbortError when `signal` says so.
 * @template {z.ZodMiniType} S
 * @param {string} method
 * @param {string} path below `/api`
 * @param {{schema: S, query?: Record<string, unknown>, body?: unknown, key?: string, signal?: AbortSignal}} how
 *   `key` is the Idempotency-Key
 * @returns {Promise<z.infer<S>>}
 */
export async function call(method, path, { schema, query, body, key, signal }) {
  const response = await send(method, address(path, query), headers(method, key, body), body, signal)
  const answer = await response.json().catch(() => null)
  const requestId = response.headers.get('X-Request-Id')
  if (!response.ok || !answer?.success) {
    throw failed(errorOf(response.status, answer?.error, requestId))
  }
  const read = schema.safeParse(answer.data)
  if (read.success) return /** @type {z.infer<S>} */ (read.data)
  throw failed(new ApiError({ status: 500, code: MISMATCH, message: z.prettifyError(read.error), requestId }))
}

/** @param {string} path @param {Record<string, unknown>} [query] */
function address(path, query = {}) {
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const search = new URLSearchParams(wanted.map(([name, value]) => [name, String(value)])).toString()
  return `/api${path}${search ? `?${search}` : ''}`
}

/** @param {string} method @param {string | undefined} key @param {unknown} body */
function headers(method, key, body) {
  /** @type {Record<string, string>} */
  const all = { Accept: 'application/json', 'Accept-Language': told.language() }
  if (body !== undefined) all['Content-Type'] = 'application/json'
  if (method !== 'GET') all['X-CSRFToken'] = csrf()
  if (key) all['Idempotency-Key'] = key
  return all
}

function csrf() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? ''
}

/**
 * @param {string} method @param {string} url @param {Record<string, string>} headers
 * @param {unknown} body @param {AbortSignal} [signal]
 */
async function send(method, url, headers, body, signal) {
  const limit = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw failed(new ApiError({ status: 0, code: OFFLINE, message: '' }))
  }
}

/** @param {number} status @param {any} error @param {string | null} requestId */
function errorOf(status, error, requestId) {
  return new ApiError({
    status,
    code: error?.code ?? MISMATCH,
    message: error?.message ?? '',
    details: error?.details ?? {},
    requestId: error?.details?.request_id ?? requestId,
  })
}

/** @param {ApiError} error */
function failed(error) {
  told.failed(error)
  return error
}
