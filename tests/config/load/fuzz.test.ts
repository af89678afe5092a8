import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadText } from '../../../config/load/load.ts'
import { validate } from '../../../config/validate/validate.ts'

const BROKEN = join(import.meta.dirname, '../../broken')
const seeds = readdirSync(BROKEN)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(BROKEN, name), 'utf8'))

/** Every answer is a list of placed messages of one line; nothing is thrown. */
function expectMessages(text: string): void {
  const { resources, diagnostics } = loadText('f.yaml', text)
  for (const d of [...diagnostics, ...validate(resources)]) {
    expect(d.line).toBeGreaterThan(0)
    expect(d.column).toBeGreaterThan(0)
    expect(d.code).not.toBe('INTERNAL')
    expect(d.message).not.toMatch(/\n|\bat .*:\d+:\d+\)|undefined|\[object/)
  }
}

const PIECES = [
  '\t',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '? ',
  '&a ',
  '*a',
  '!t ',
  '#',
  '|',
  '>',
  '\n',
  '---\n',
  '<<',
  '%',
  '~',
  '0',
  '🙂',
  '\u0000',
  '\uFEFF',
]
const edit = fc.record({
  at: fc.nat(),
  drop: fc.nat(12),
  put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })),
})

const apply = (text: string, edits: readonly { at: number; drop: number; put: string }[]): string =>
  edits.reduce((t, { at, drop, put }) => {
    const place = at % (t.length + 1)
    return t.slice(0, place) + put + t.slice(place + drop)
  }, text)

describe('whatever is read, the answer is messages for people', () => {
  it('for random text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), expectMessages), { numRuns: 500 })
  })

  it('for random bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((b) => Buffer.from(b).toString('latin1'))
    fc.assert(fc.property(bytes, expectMessages), { numRuns: 500 })
  })

  it('for random sequences of what YAML is made of', () => {
    const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((p) => p.join(''))
    fc.assert(fc.property(soup, expectMessages), { numRuns: 1000 })
  })

  it('for documents with random changes', () => {
    const mutated = fc
      .tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 6 }))
      .map(([text, edits]) => apply(text, edits))
    fc.assert(fc.property(mutated, expectMessages), { numRuns: 1000 })
  })
})
