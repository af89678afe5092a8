import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { reviewPages } from '../../tools/review-pages.ts'

/** Made anew by `npx tsx tools/pictures.ts`. */
describe('the pictures of a review in the documentation', () => {
  it.each(Object.entries(reviewPages()))('show what is written today: %s', async (name, page) => {
    expect(page).toBe(await readFile(`docs/images/${name}.html`, 'utf8'))
    expect((await readFile(`docs/images/${name}.png`)).subarray(1, 4).toString()).toBe('PNG')
  })
})
