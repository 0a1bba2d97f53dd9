import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import * as schemas from '@/api/schemas.js'
import description from '../../docs/openapi.json'

const { components } = description

// Which of the description's models each of ours reads.
const MODELS = {
  me: 'Me',
  generationCard: 'GenerationCard',
  generationDetail: 'GenerationDetail',
  styleCard: 'StyleCard',
  styleDetail: 'StyleDetail',
  likeState: 'LikeState',
  artistRef: 'ArtistRef',
  styleRef: 'StyleRef',
  buyerRef: 'BuyerRef',
  failure: 'Failed',
}

const told = (schema) => (schema.$ref ? components.schemas[schema.$ref.split('/').at(-1)] : schema)

const variants = (schema) =>
  (schema.anyOf ?? [schema])
    .map(told)
    .flatMap((one) => (Array.isArray(one.type) ? one.type.map((type) => ({ ...one, type })) : [one]))

function compare(ours, theirs, where) {
  const options = variants(theirs)
  for (const mine of variants(ours)) {
    const same = options.find((one) => one.type === mine.type)
    expect(same, `${where}: no ${mine.type}`).toBeTruthy()
    for (const [name, property] of Object.entries(mine.properties ?? {})) {
      expect(same.properties, `${where}.${name}`).toHaveProperty(name)
      if (mine.required?.includes(name)) {
        const promised = same.required?.includes(name) || 'default' in same.properties[name]
        expect(promised, `${where}.${name} may be missing`).toBe(true)
      }
      compare(property, same.properties[name], `${where}.${name}`)
    }
    if (mine.items) compare(mine.items, same.items, `${where}[]`)
  }
  // What may be null there must be allowed to be null here.
  const nullable = (all) => all.some((one) => one.type === 'null')
  if (nullable(options)) expect(nullable(variants(ours)), `${where} may be null`).toBe(true)
}

test.each(Object.entries(MODELS))('%s reads what %s promises', (name, model) => {
  compare(z.toJSONSchema(schemas[name], { io: 'input' }), components.schemas[model], name)
})
