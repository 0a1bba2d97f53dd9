import { screen, waitFor } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { useSession } from '@/features/accounts/session'
import { aMe } from '@/test/factories'
import { refusal, serve } from '@/test/server'
import { show } from '@/test/show'
import PackagePicker from './PackagePicker.vue'
import PurchasePage from './PurchasePage.vue'

const packages = [
  { id: 'basic_100', tokens: 100, amount: 10_000, currency: 'KRW' },
  { id: 'standard_500', tokens: 500, amount: 45_000, currency: 'KRW' },
]
const purchase = (status) => ({
  id: 'p1', order_id: 'o1', package_id: 'standard_500', tokens: 500, amount: 45_000, currency: 'KRW', status,
  payment_url: null, expires_at: '2026-11-23T10:00:00.000Z',
})
const back = () =>
  show(PurchasePage, {
    path: '/purchase/success?paymentKey=k1&orderId=o1&amount=45000',
    before: () => (useSession().$state.me = aMe({ token_balance: 42 })),
  })

test('what is paid and what one will have is said before', async () => {
  const { emitted } = await show(PackagePicker, { props: { packages, balance: 42 } })
  expect(screen.getByText('₩45,000 for 500 tokens')).toBeInTheDocument()
  expect(screen.getByText('You will have 542 tokens.')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('radio', { name: /100 tokens/ }))
  expect(screen.getByText('You will have 142 tokens.')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Continue to payment' }))
  expect(emitted().buy).toEqual([['basic_100']])
})

test('paid is said only when the server says so', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const answers = [purchase('confirming'), purchase('paid')]
  const requests = serve({
    'POST /tokens/purchase/confirm': purchase('confirming'),
    'GET /tokens/purchases/p1': () => answers.shift(),
    'GET /auth/me': aMe({ token_balance: 542 }),
  })
  await back()
  expect(screen.getByRole('heading', { name: 'Confirming the payment' })).toBeInTheDocument()
  await vi.advanceTimersByTimeAsync(3500)
  expect(screen.queryByRole('heading', { name: 'Paid' })).toBeNull()
  await vi.advanceTimersByTimeAsync(3500)
  expect(await screen.findByRole('heading', { name: 'Paid' })).toBeInTheDocument()
  expect(await screen.findByText('You have 542 tokens now.')).toBeInTheDocument()
  expect(requests[0].body).toEqual({ payment_key: 'k1', order_id: 'o1', amount: 45_000 })
})

test('a refused payment says that nothing was credited', async () => {
  serve({ 'POST /tokens/purchase/confirm': refusal(402, 'PAYMENT_FAILED', { reason: 'REJECT' }) })
  await back()
  expect(await screen.findByRole('heading', { name: 'Not paid' })).toBeInTheDocument()
  expect(screen.getByText(/No tokens were credited/)).toBeInTheDocument()
})

test('while nobody answers, nothing is called failed', async () => {
  serve({ 'POST /tokens/purchase/confirm': new TypeError('network') })
  await back()
  await waitFor(() => expect(screen.getByRole('heading', { name: 'Still asking' })).toBeInTheDocument())
  expect(screen.queryByRole('heading', { name: 'Not paid' })).toBeNull()
})
