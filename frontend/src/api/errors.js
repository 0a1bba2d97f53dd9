/** What the API, or the way to it, answered instead of data. */
export class ApiError extends Error {
  /**
   * @param {{status: number, code: string, message: string, details?: Record<string, any>, requestId?: string | null}} told
   */
  constructor({ status, code, message, details = {}, requestId = null }) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.details = details
    this.requestId = requestId
  }

  /** Messages by the field they are about, for forms. */
  get fields() {
    const fields = /** @type {{field: string, message: string}[]} */ (this.details.fields ?? [])
    return Object.fromEntries(fields.map(({ field, message }) => [field, message]))
  }
}

export const OFFLINE = 'OFFLINE'
export const MISMATCH = 'UNEXPECTED_ANSWER'
