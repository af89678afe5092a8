import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type Parsed, parseFully, parseText } from '../../../config/load/parse.ts'
import { quickDocuments } from '../../../config/load/quick-parser.ts'
import { escapeStep } from '../../../config/references.ts'

/** Every place in a value, as JSON pointers. */
function pointers(value: unknown, at = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pointers(inner, `${at}/${escapeStep(key)}`))]
}

/** Everything that a reader says of a text, places included. */
const told = ({ documents, diagnostics }: Parsed) => ({
  diagnostics,
  documents: documents.map(({ value, origin }) => ({
    value,
    line: origin.line,
    column: origin.column,
    places: pointers(value).map((p) => [origin.has(p), origin.locate(p, 'key'), origin.locate(p)]),
  })),
})

/** The quick reader takes a text only where the full one finds no mistake, and reads the same. */
function expectSame(text: string): void {
  expect(told(parseText('f.yaml', text))).toEqual(told(parseFully('f.yaml', text)))
}

const ROOT = join(import.meta.dirname, '../../..')
const texts = ['examples', 'tests/broken', 'config/crds']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((f) => join(folder, f)),
  )
  .filter((file) => /\.(ya?ml|json)$/.test(file) && !file.includes('node_modules'))
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))

const BITS = [
  ...[' ', '\n', '\t', ':', ': ', '- ', '#', ' #', '{', '}', '[', ']', ',', '"', "'", '\\', '@', '`', '%', '=', '\r\n'],
  ...['|\n', '>-\n', '|+\n', '&a ', '*a', '!t ', '? ', '---\n', '...\n', '<<: ', '__proto__: 1\n', '\u2028', '\uFEFF'],
  ...['~', 'null', 'yes', '-0', '007', '0x1f', '0o7', '1e3', '.5', '1.50', '.inf', '9007199254740993'],
]

describe('the quick reader and the full one', () => {
  it('say the same of every example and of every broken document', () => {
    for (const text of texts) expectSame(text)
  })

  it.each(['dev:\n\t', '\n-0:\n\t ', '? dev\n\t:', 'a:\n  \tb: 1'])(
    'say the same of a line that a tab begins: %j',
    (text) => {
      expectSame(text)
    },
  )

  it('say the same of pieces of documents with odd things put in', () => {
    const edit = fc.record({ at: fc.nat(), bit: fc.constantFrom(...BITS), gone: fc.nat({ max: 3 }) })
    const piece = fc.record({ text: fc.constantFrom(...texts), from: fc.nat(), lines: fc.integer({ min: 1, max: 12 }) })
    fc.assert(
      fc.property(piece, fc.array(edit, { maxLength: 3 }), ({ text, from, lines }, edits) => {
        const all = text.split('\n')
        const cut = all.slice(from % all.length, (from % all.length) + lines).join('\n')
        expectSame(
          edits.reduce((t, { at, bit, gone }) => {
            const i = at % (t.length + 1)
            return t.slice(0, i) + bit + t.slice(i + gone)
          }, cut),
        )
      }),
      { numRuns: 1_500 },
    )
  })

  it('say the same of any values in any style', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('a', 'b/c', '~', 'true', '1', '<<'))
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(...BITS, 'two\nlines\n', 'a long text '.repeat(12)),
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }))
    const style = fc.record({
      defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'),
      collectionStyle: fc.constantFrom('any', 'block', 'flow'),
      indent: fc.integer({ min: 1, max: 4 }),
      lineWidth: fc.constantFrom(0, 20, 80),
    } as const)
    fc.assert(
      fc.property(fc.array(fc.dictionary(key, value), { minLength: 1, maxLength: 3 }), style, (values, options) =>
        expectSame(values.map((v) => stringify(v, { ...options, aliasDuplicateObjects: false })).join('---\n')),
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('the quick reader', () => {
  it.each([
    ['an ordinary document', 'a: 1\nb: [x, {c: "d"}]\n---\ne: |\n  text\n'],
    ['a project of JSON texts', '{"a": 1}\n---\n{"b": [true, null]}\n'],
  ])('reads %s', (_, text) => expect(quickDocuments(text)).toBeDefined())

  it.each([
    ['an anchor', 'a: &x 1\nb: *x\n'],
    ['a tag', 'a: !t 1\n'],
    ['a directive', '%YAML 1.2\n---\na: 1\n'],
    ['a repeated key', 'a: 1\na: 2\n'],
    ['a number that is not exact', 'a: 9007199254740993\n'],
    ['a list as a document', '- a\n'],
    ['what is no YAML', 'a: [1\n'],
    ['carriage returns', 'a: 1\r\n'],
  ])('leaves %s to the full one', (_, text) => expect(quickDocuments(text)).toBeUndefined())
})
