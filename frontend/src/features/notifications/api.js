import { call } from '@/api/client'
import { Marked, NotificationPage } from '@/api/schemas/notifications'

/** @param {{ cursor?: string | null, unread?: boolean }} query */
export const listNotifications = (query) =>
  call('GET', '/notifications', { schema: NotificationPage, query, quiet: true })

/** @param {string} id */
export const markRead = (id) => call('PATCH', `/notifications/${id}/read`, { schema: Marked, quiet: true })

export const markAllRead = () => call('POST', '/notifications/read-all', { schema: Marked })
