import { useSession } from '@/features/accounts/session'
import { i18n } from '@/i18n'
import { useToasts } from '@/ui/toasts'

/** A failure in words, in the reader's language. @param {import('@/api/errors').ApiError} error */
export function errorText(error) {
  const { t, te } = i18n.global
  const ours = `errors.${error.code}`
  if (te(ours)) return t(ours)
  return error.message || t('errors.UNREADABLE_ANSWER')
}

/** What happens on every failure of a call, wherever it was made. */
export function createInterceptor() {
  return (/** @type {import('@/api/errors').ApiError} */ error, /** @type {{ quiet: boolean }} */ { quiet }) => {
    const session = useSession()
    if (error.code === 'UNAUTHORIZED' && session.isSignedIn) return session.expire()
    if (quiet) return
    const note = error.status >= 500 && error.requestId
    useToasts().wrong(errorText(error), note ? { note: i18n.global.t('errors.requestId', { id: note }) } : {})
  }
}
