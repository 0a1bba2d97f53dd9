import { call } from '@/api/client'
import { Balance, Earnings, TransactionPage } from '@/api/schemas/money'

/** @param {AbortSignal} [signal] */
export const getBalance = (signal) => call('GET', '/tokens/balance', { schema: Balance, signal, quiet: true })

/** @param {{ type: string, cursor?: string | null }} query */
export const listTransactions = (query) =>
  call('GET', '/tokens/transactions', { schema: TransactionPage, query, quiet: true })

/** @param {number} days @param {AbortSignal} [signal] */
export const getEarnings = (days, signal) =>
  call('GET', '/tokens/earnings', { schema: Earnings, query: { days }, signal, quiet: true })
