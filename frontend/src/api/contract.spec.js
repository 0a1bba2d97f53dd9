import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import * as accounts from './schemas/accounts'
import * as community from './schemas/community'
import * as generations from './schemas/generations'
import * as money from './schemas/money'
import * as notifications from './schemas/notifications'
import * as operations from './schemas/operations'
import * as search from './schemas/search'
import * as styles from './schemas/styles'
import * as uploads from './schemas/uploads'
import { Failed } from './schemas/common'

const published = JSON.parse(readFileSync('../docs/openapi.json', 'utf8')).components.schemas

// Ours that the API calls otherwise.
const NAMES = {
  Person: ['AuthorRef', 'BuyerRef'],
  Transaction: ['TransactionOut'],
  Purchase: ['PurchaseOut'],
  Notification: ['NotificationOut'],
  Tag: ['TagOut'],
  Job: ['JobOut'],
  StylePage: ['Page_StyleCard_'],
  StyleDetailPage: ['Page_StyleDetail_'],
  GenerationPage: ['Page_GenerationCard_'],
  CommentPage: ['Page_CommentOut_'],
  FollowedPage: ['Page_FollowedArtist_'],
  TransactionPage: ['Page_TransactionOut_'],
  PackagePage: ['Page_Package_'],
  NotificationPage: ['Page_NotificationOut_'],
  TagPage: ['Page_TagOut_'],
  JobPage: ['Page_JobOut_'],
}

const ours = Object.entries({
  ...accounts, ...community, ...generations, ...money, ...notifications, ...operations, ...search,
  ...styles, ...uploads, Failed,
}).flatMap(([name, schema]) => (NAMES[name] ?? [name]).map((theirs) => [theirs, schema]))

/** Follows references, and unwraps what may also be null. */
function resolve(schema) {
  if (schema.$ref) return resolve(published[schema.$ref.split('/').pop()])
  if (Array.isArray(schema.type)) {
    const [type] = schema.type.filter((one) => one !== 'null')
    return { ...schema, type, nullable: schema.type.includes('null') }
  }
  const choices = schema.anyOf ?? schema.oneOf
  if (!choices) return { ...schema, nullable: false }
  const given = choices.filter((one) => one.type !== 'null')
  return { ...(given.length === 1 ? resolve(given[0]) : {}), nullable: given.length < choices.length }
}

/** Where `mine` would refuse or misread what `theirs` may send. */
// eslint-disable-next-line complexity -- one walk through two trees reads best in one piece
function differences(mine, theirs, at) {
  const [expected, promised] = [resolve(mine), resolve(theirs)]
  if (Object.keys(mine).length === 0) return []
  const found = []
  if (promised.nullable && !expected.nullable) found.push(`${at}: may be null`)
  const types = { integer: 'number' }
  const [want, get] = [types[expected.type] ?? expected.type, types[promised.type] ?? promised.type]
  if (want !== get) found.push(`${at}: ${get} is sent, ${want} is read`)
  if (expected.enum && JSON.stringify([...expected.enum].sort()) !== JSON.stringify([...(promised.enum ?? [])].sort()))
    found.push(`${at}: one of ${promised.enum}`)
  if (expected.items) found.push(...differences(expected.items, promised.items ?? {}, `${at}[]`))
  for (const [name, property] of Object.entries(expected.properties ?? {})) {
    const sent = promised.properties?.[name]
    if (!sent) found.push(`${at}.${name}: is not sent`)
    else {
      if (expected.required?.includes(name) && !promised.required?.includes(name))
        found.push(`${at}.${name}: may be absent`)
      found.push(...differences(property, sent, `${at}.${name}`))
    }
  }
  return found
}

test.each(ours)('%s is read as the API describes it', (name, schema) => {
  expect(published[name], 'is in docs/openapi.json').toBeDefined()
  expect(differences(z.toJSONSchema(schema, { io: 'input' }), published[name], name)).toEqual([])
})

test('a field that may be null, is renamed or narrowed is noticed', () => {
  const drifted = z.object({ id: z.number(), username: z.string(), picture: z.string(), profile_image_url: z.string() })
  expect(differences(z.toJSONSchema(drifted, { io: 'input' }), published.BuyerRef, 'x')).toEqual([
    'x.id: string is sent, number is read',
    'x.picture: is not sent',
    'x.profile_image_url: may be null',
  ])
})
