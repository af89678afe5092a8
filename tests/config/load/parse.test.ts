import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseText } from '../../../config/load/parse.ts'
import { escapeStep } from '../../../config/references.ts'

const values = (text: string) => parseText('f.yaml', text).documents.map((d) => d.value)
const messages = (text: string) =>
  parseText('f.yaml', text).diagnostics.map((d) => `${d.line}:${d.column} ${d.message}`)

describe('reading YAML', () => {
  it('reads several documents of one file in order', () => {
    expect(values('a: 1\n---\nb: 2\n...\n---\nc: 3\n')).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }])
  })

  it('passes over empty documents and files of comments', () => {
    expect(values('---\n# nothing\n---\na: 1\n---\n')).toEqual([{ a: 1 }])
    expect(parseText('f.yaml', '# only a comment\n')).toEqual({ documents: [], diagnostics: [] })
  })

  it('reads JSON, which is YAML', () => {
    expect(values('{"a": [1, true, null], "b": {"c": "d"}}')).toEqual([{ a: [1, true, null], b: { c: 'd' } }])
  })

  it('knows the values of YAML 1.2 core and nothing older', () => {
    expect(values('[yes, off, 0777, 0o17, 0x1f, 1_000, 12:30, 2024-01-01, ~, "1"]')).toEqual([
      ['yes', 'off', 777, 15, 31, '1_000', '12:30', '2024-01-01', null, '1'],
    ])
  })

  it('takes every key as a text', () => {
    expect(values('1: a\ntrue: b\nnull: c\n')).toEqual([{ '1': 'a', true: 'b', null: 'c' }])
  })

  it('lets aliases share settings', () => {
    expect(values('pin: &on {enabled: true}\npattern: *on\n')).toEqual([
      { pin: { enabled: true }, pattern: { enabled: true } },
    ])
  })

  it('takes an alias as the nearest anchor before it', () => {
    expect(values('[&a 1, *a, &a 2, *a]')).toEqual([[1, 1, 2, 2]])
  })

  it('keeps the good documents of a file that has a bad one', () => {
    const { documents, diagnostics } = parseText('f.yaml', 'a: 1\n---\nb: {c: 1, c: 2}\n---\nd: 3\n')
    expect(documents.map((d) => d.value)).toEqual([{ a: 1 }, { d: 3 }])
    expect(diagnostics).toHaveLength(1)
  })

  it('counts lines over all documents of a file, and with Windows line ends', () => {
    expect(messages('a: 1\r\n---\r\nb: {c: 1, c: 2}\r\n')).toEqual(['3:11 the key "c" is here twice; keep one'])
  })

  it('refuses aliases that multiply without building what they stand for', () => {
    const levels = 'abcdefghijklmnopqrstuvwxyz'
    const bomb = [...levels].slice(1).map((l, i) => `${l}: &${l} [${Array(9).fill(`*${levels[i]}`).join(', ')}]`)
    expect(messages(`a: &a [lol]\n${bomb.join('\n')}\n`)).toEqual([
      expect.stringContaining('aliases add more than 10000 values'),
    ])
  })

  it.each(['[', '{a: ', '- ', '? '])('survives a hundred thousand times %j', (piece) => {
    expect(parseText('f.yaml', piece.repeat(100_000)).diagnostics.length).toBeGreaterThan(0)
  })

  it('finds duplicates among very many keys', () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: ${i}\n`).join('')
    expect(messages(`${keys}k7: again\n`)).toEqual(['50001:1 the key "k7" is here twice; keep one'])
  })

  it('leaves the environment of the process as it was', () => {
    const before = process.env
    parseText('f.yaml', 'a: [\n')
    expect(process.env).toBe(before)
  })
})

describe('positions', () => {
  const text = '# comment\n---\nspec:\n  pin: {size: 6}\n  a/b: [x, y]\n  empty:\n'
  const origin = parseText('dir/f.yaml', text).documents[0]?.origin

  it('starts at the first value of the document', () => {
    expect(origin).toMatchObject({ file: 'dir/f.yaml', line: 3, column: 1 })
  })

  it.each([
    ['/spec/pin/size', 'value', 4, 15],
    ['/spec/pin/size', 'key', 4, 9],
    ['/spec/a~1b/1', 'value', 5, 12],
    ['/spec/a~1b/1', 'key', 5, 12],
    ['/spec/empty', 'value', 6, 3],
    ['/spec/pin/missing/deep', 'value', 4, 8],
    ['/other', 'value', 3, 1],
    ['', 'value', 3, 1],
  ] as const)('%s (%s) is at %i:%i', (pointer, part, line, column) => {
    expect(origin?.locate(pointer, part)).toEqual({ file: 'dir/f.yaml', line, column })
  })

  it('follows an alias to the value that it stands for', () => {
    const [document] = parseText('f.yaml', 'pin: &on {size: 99}\npattern: *on\n').documents
    expect(document?.origin.locate('/pattern/size')).toMatchObject({ line: 1, column: 17 })
  })

  it('are right for every value of any document, wherever it stands in the file', () => {
    const json = fc.dictionary(fc.stringMatching(/^[a-z/~]{1,8}$/), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 })
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 4 }), (documents) => {
        const file = documents.map((d) => JSON.stringify(d, null, 1).replace(/^/, '# head\n')).join('\n---\n')
        const lines = file.split('\n')
        for (const { value, origin: found } of parseText('f.yaml', file).documents)
          for (const [key] of Object.entries(value as object)) {
            const { line, column } = found.locate(`/${escapeStep(key)}`, 'key')
            expect(lines[line - 1]?.slice(column - 1)).toMatch(JSON.stringify(key))
          }
      }),
      { numRuns: 100 },
    )
  })
})
