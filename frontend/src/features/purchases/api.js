import { call } from '@/api/client'
import { PackagePage, Purchase } from '@/api/schemas/money'

/** @param {AbortSignal} [signal] */
export const listPackages = (signal) => call('GET', '/tokens/packages', { schema: PackagePage, signal, quiet: true })

/** @param {string} packageId @param {string} idempotencyKey */
export const buy = (packageId, idempotencyKey) =>
  call('POST', '/tokens/purchase', { schema: Purchase, body: { package_id: packageId }, idempotencyKey })

/** @param {{ payment_key: string, order_id: string, amount: number }} confirmation */
export const confirmPurchase = (confirmation) =>
  call('POST', '/tokens/purchase/confirm', { schema: Purchase, body: confirmation, quiet: true })

/** @param {string} id */
export const getPurchase = (id) => call('GET', `/tokens/purchases/${id}`, { schema: Purchase, quiet: true })
