import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { useSession } from '@/features/accounts/session'
import { aGeneration, aMe, aStyle } from '@/test/factories'
import { page, serve } from '@/test/server'
import { secondsUntilNextLook } from './pace'
import { useJobs } from './store'

beforeEach(() => {
  setActivePinia(createPinia())
  vi.useFakeTimers()
})

const inLine = (seconds) => aGeneration({ place_in_line: { position: 2, estimated_start_seconds: seconds } })

test.each([
  ['work is looked at every 5 s', [aGeneration({ status: 'processing' })], [], 5],
  ['the line every 30 s', [inLine(null)], [], 30],
  ['but not after the work is expected to begin', [inLine(12)], [], 12],
  ['and never faster than work', [inLine(1)], [], 5],
  ['training every 5 s', [], [aStyle({ training_status: 'training' })], 5],
  ['waiting for training every 30 s', [], [aStyle({ training_status: 'pending' })], 30],
  ['what hurries most decides', [inLine(null), aGeneration({ status: 'processing' })], [], 5],
  ['nothing is asked when all has ended', [aGeneration({ status: 'completed' })], [aStyle()], null],
])('%s', (_, generations, styles, seconds) => {
  expect(secondsUntilNextLook(generations, styles)).toBe(seconds)
})

test('an image is followed to its end, and then who is here is asked for again', async () => {
  const asked = aGeneration({ id: 'g1' })
  const answers = [aGeneration({ id: 'g1', status: 'processing' }), aGeneration({ id: 'g1', status: 'completed' })]
  const requests = serve({ 'GET /generations/g1': () => answers.shift(), 'GET /auth/me': aMe({ token_balance: 32 }) })
  const jobs = useJobs()
  jobs.follow(asked)
  expect(jobs.underway).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(5000)
  expect(jobs.generations.g1.status).toBe('processing')
  await vi.advanceTimersByTimeAsync(5000)
  expect(jobs.underway).toHaveLength(0)
  expect(jobs.ended?.id).toBe('g1')
  expect(useSession().me?.token_balance).toBe(32)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(requests.filter(({ path }) => path === '/generations/g1')).toHaveLength(2)
})

test('many are asked about in one call, and only three in detail', async () => {
  const many = Array.from({ length: 6 }, (_, index) => aGeneration({ id: `m${index}`, status: 'processing' }))
  const requests = serve({
    'GET /generations/me': page(many),
    ...Object.fromEntries(many.map((one) => [`GET /generations/${one.id}`, one])),
  })
  const jobs = useJobs()
  many.forEach((one) => jobs.follow(one))
  await vi.advanceTimersByTimeAsync(5000)
  expect(requests.map(({ path }) => path).sort()).toEqual(['/generations/m0', '/generations/m1', '/generations/m2', '/generations/me'])
})

test('what was begun before is found again', async () => {
  const begun = aGeneration({ id: 'g2', status: 'processing' })
  serve({ 'GET /generations/me': page([begun, aGeneration({ status: 'completed' })]), 'GET /generations/g2': begun, 'GET /auth/me': aMe() })
  await useSession().reload()
  const jobs = useJobs()
  await jobs.discover()
  expect(jobs.underway.map(({ id }) => id)).toEqual(['g2'])
})
