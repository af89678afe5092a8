import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Document, parseAllDocuments } from 'yaml'
import { YAML_OPTIONS } from '../../config/load/options.ts'
import { GONE, type JsonSteps, putAt } from '../../review/proposal/json.ts'
import { editedYaml } from '../../review/proposal/yaml-edit.ts'

const TEXT = `# The web shop.
kind: Tenant # of people


metadata: {name: web}
spec:
  pin: {enabled: true, size: 6}   # digits
  names:
  - a   # first
  # the other one
  - b
  url: 'http://x'
  empty:

  about: |
    Two lines
    of text.
---
# another one
kind: Client
spec:
    name: "app"    # as people see it
`

/** Lines that go, and lines that come. */
function changed(before: string, after: string): readonly string[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  return [
    ...a.filter((l) => !b.includes(l)).map((l) => `-${l}`),
    ...b.filter((l) => !a.includes(l)).map((l) => `+${l}`),
  ]
}

const EDITS: readonly (readonly [
  what: string,
  line: number,
  steps: JsonSteps,
  value: unknown,
  lines: readonly string[],
])[] = [
  [
    'a number',
    2,
    ['spec', 'pin', 'size'],
    4,
    ['-  pin: {enabled: true, size: 6}   # digits', '+  pin: {enabled: true, size: 4}   # digits'],
  ],
  ['a text in its quotes', 2, ['spec', 'url'], 'http://y', ["-  url: 'http://x'", "+  url: 'http://y'"]],
  ['what others read as a truth value', 2, ['spec', 'empty'], 'yes', ['-  empty:', '+  empty: "yes"']],
  ['a field that is new', 2, ['spec', 'more'], true, ['+  more: true']],
  ['a map that is new, as deep as its neighbours', 19, ['spec', 'pin', 'size'], 6, ['+    pin:', '+        size: 6']],
  ['an item that goes and one that comes', 2, ['spec', 'names'], ['b', 'c'], ['-  - a   # first', '+  - c']],
  ['several lines of text', 2, ['spec', 'about'], 'One line.\n', ['-    Two lines', '-    of text.', '+    One line.']],
  ['a field that goes', 19, ['spec', 'name'], GONE, ['-    name: "app"    # as people see it', '+spec: {}']],
]

describe('an edited YAML text', () => {
  it.each(EDITS)('changes %s, and nothing else', (_what, line, steps, value, lines) => {
    expect(changed(TEXT, editedYaml(TEXT, [{ line, steps, value }]))).toEqual(lines)
  })

  it('takes several changes of several documents, and a new one at its end', () => {
    const after = editedYaml(TEXT, [
      { line: 19, steps: ['spec', 'name'], value: 'web' },
      { line: 2, steps: ['spec', 'pin', 'size'], value: 4 },
      { line: 'Tenant/new', steps: [], value: { kind: 'Tenant', spec: { a: 1 } } },
      { line: 'Tenant/new', steps: ['spec', 'b'], value: 2 },
    ])
    expect(valuesOf(after).map((value) => (value as { spec: unknown }).spec)).toMatchObject([
      { pin: { size: 4 } },
      { name: 'web' },
      { a: 1, b: 2 },
    ])
  })

  it('keeps the line ends of Windows', () => {
    const after = editedYaml(TEXT.replaceAll('\n', '\r\n'), [{ line: 2, steps: ['spec', 'more'], value: true }])
    expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  })

  it('means what it should, whatever is put wherever', () => {
    fc.assert(
      fc.property(documents, documents, fc.nat(), fc.boolean(), (first, second, n, isGone) => {
        const text = [first, second].map((value) => new Document(value).toString({ lineWidth: 0 })).join('---\n')
        const places = pathsIn(first)
        const steps = places[n % places.length] ?? ['a']
        const value = isGone ? GONE : second
        expect(valuesOf(editedYaml(text, [{ line: 1, steps, value }]))).toEqual([putAt(first, steps, value), second])
      }),
    )
  })
})

const valuesOf = (text: string): readonly unknown[] =>
  [...parseAllDocuments(text, YAML_OPTIONS)].map((document) => document.toJS())

const { documents } = fc.letrec<{ documents: Record<string, unknown>; value: unknown }>((tie) => ({
  documents: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('value'), {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  }),
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    fc.constantFrom('yes', '0x1', '2026-01-01', ' x', 'a: b', '# c', '- d', 'long '.repeat(40), 'two\nlines\n'),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('documents'),
  ),
}))

/** Members of maps, at every depth. */
function pathsIn(value: unknown, before: JsonSteps = []): readonly JsonSteps[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([key, below]) => [[...before, key], ...pathsIn(below, [...before, key])])
}
