/** What the API, or the way to it, said no with. Go by `code`; `message` is for people. */
export class ApiError extends Error {
  /**
   * @param {object} told
   * @param {string} told.code
   * @param {string} [told.message]
   * @param {number} [told.status] 0 when no answer came
   * @param {Record<string, any>} [told.details]
   * @param {string | null} [told.requestId]
   */
  constructor({ code, message = '', status = 0, details = {}, requestId = null }) {
    super(message || code)
    this.name = 'ApiError'
    this.code = code
    this.status = status
    this.details = details
    this.requestId = requestId
  }

  /** No answer came: the network, or our patience, ended first. */
  get isOffline() {
    return this.code === 'NETWORK' || this.code === 'TIMEOUT'
  }

  /** Trying the same again can help. */
  get isPassing() {
    return this.isOffline || this.status === 429 || this.status >= 500
  }

  get retryAfterSeconds() {
    return Number(this.details.retry_after_seconds) || null
  }

  /** Messages by field, for a form. @returns {Record<string, string>} */
  get fields() {
    const told = Array.isArray(this.details.fields) ? this.details.fields : []
    return Object.fromEntries(told.map((one) => [one.field, one.message]))
  }
}
