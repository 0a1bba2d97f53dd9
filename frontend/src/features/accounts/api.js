import { call } from '@/api/client'
import { Left, LeavingOutlook, Me, Profile } from '@/api/schemas/accounts'
import { Nothing } from '@/api/schemas/common'

export const getMe = () => call('GET', '/auth/me', { schema: Me, quiet: true })

export const signOut = () => call('POST', '/auth/logout', { schema: Nothing })

/** @param {string} id @param {AbortSignal} [signal] */
export const getProfile = (id, signal) => call('GET', `/users/${id}`, { schema: Profile, signal, quiet: true })

/** @param {import('@/api/openapi').components['schemas']['ProfileChange']} change */
export const changeProfile = (change) => call('PATCH', '/users/me', { schema: Me, body: change, quiet: true })

/** @param {import('@/api/openapi').components['schemas']['ArtistUpgrade']} upgrade */
export const becomeArtist = (upgrade) =>
  call('POST', '/users/me/upgrade-to-artist', { schema: Me, body: upgrade, quiet: true })

/** @param {AbortSignal} [signal] */
export const getLeavingOutlook = (signal) =>
  call('GET', '/users/me/leaving', { schema: LeavingOutlook, signal, quiet: true })

export const leave = () => call('DELETE', '/users/me', { schema: Left })
