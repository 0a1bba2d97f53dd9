import { expect, test } from 'vitest'
import { isEnglish, tagsOf } from './tags.js'

test('tags are what commas and lines part, each once', () => {
  expect(tagsOf(' Red  house,, green hills\nred house , ')).toEqual(['red house', 'green hills'])
})

test('English is letters, digits and what joins them', () => {
  expect(['red house', "witch's hat", 'art-deco', '1980s'].every(isEnglish)).toBe(true)
  expect(['빨간 집', 'maison à louer', '<b>'].some(isEnglish)).toBe(false)
})
