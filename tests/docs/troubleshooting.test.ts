import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** The members of the closed type `Code`, which leaves no trace at run time. */
function codes(): readonly string[] {
  const type = /export type Code =\n((?: {2}\| '.*\n)+)/.exec(read('config/errors.ts'))?.[1] ?? ''
  return [...type.matchAll(/\| '([A-Z_]+)'/g)].map(([, code]) => code ?? '')
}

it('explains every error code, and no other', () => {
  const explained = [...read('docs/troubleshooting.md').matchAll(/^### ([A-Z_]+)$/gm)].map(([, code]) => code)
  expect(explained.sort()).toEqual([...codes()].sort())
})
