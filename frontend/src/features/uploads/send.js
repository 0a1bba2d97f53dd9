import pMap from 'p-map'
import { ApiError } from '@/api/errors'
import { presign } from './api'

const AT_ONCE = 4
const TRIES = 3
const RETRY_MS = 800

/**
 * A file straight to storage; fetch cannot tell how far an upload has come.
 * @param {{ url: string, fields: Record<string, string> }} ticket
 * @param {File} file
 * @param {{ onProgress?: (part: number) => void, signal?: AbortSignal }} [options]
 */
function post(ticket, file, { onProgress = () => {}, signal } = {}) {
  const form = new FormData()
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value)
  // Storage ignores what comes after the file.
  form.append('file', file)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', ticket.url)
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0)
    request.onload = () =>
      request.status < 300
        ? resolve(undefined)
        : reject(new ApiError({ code: 'UPLOAD_REFUSED', status: request.status }))
    request.onerror = () => reject(new ApiError({ code: 'NETWORK' }))
    request.onabort = () => reject(new DOMException('', 'AbortError'))
    signal?.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}

async function postPatiently(ticket, file, options) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await post(ticket, file, options)
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isPassing || tried === TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS * tried))
    }
  }
}

/**
 * Files to storage, a few at once; one that fails does not stop the others.
 * @param {'artwork' | 'signature' | 'profile_image'} purpose
 * @param {File[]} files
 * @param {object} [options]
 * @param {(index: number, part: number) => void} [options.onProgress]
 * @param {(index: number, key: string) => void} [options.onDone]
 * @param {(index: number, error: any) => void} [options.onFailed]
 * @param {AbortSignal} [options.signal]
 */
export async function sendFiles(purpose, files, { onProgress, onDone, onFailed, signal } = {}) {
  const { uploads } = await presign(purpose, files)
  async function send(/** @type {File} */ file, /** @type {number} */ index) {
    try {
      await postPatiently(uploads[index], file, { onProgress: (part) => onProgress?.(index, part), signal })
      onDone?.(index, uploads[index].upload_key)
    } catch (error) {
      onFailed?.(index, error)
    }
  }
  await pMap(files, send, { concurrency: AT_ONCE })
}

/** One file; gives its key, or throws. @param {'signature' | 'profile_image'} purpose @param {File} file */
export async function sendFile(purpose, file) {
  let key = ''
  let failure = null
  await sendFiles(purpose, [file], {
    onDone: (_, told) => (key = told),
    onFailed: (_, error) => (failure = error),
  })
  if (failure) throw failure
  return key
}
