import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { LONG } from '../../vitest.config.ts'

it('test files that are begun first are there', () => {
  const missing = LONG.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))
  expect(missing).toEqual([])
})
