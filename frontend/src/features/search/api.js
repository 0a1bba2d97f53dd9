import { call } from '@/api/client'
import { SearchResults } from '@/api/schemas/search'

/** @param {string} q @param {AbortSignal} [signal] */
export const search = (q, signal) => call('GET', '/search', { schema: SearchResults, query: { q }, signal, quiet: true })
