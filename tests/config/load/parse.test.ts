import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
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
    expect(values('[true, 0x1f, 1.5e+3, 0, ~, "1", "yes", y, 1.2.3.4, 10.0.0.0/8]')).toEqual([
      [true, 31, 1500, 0, null, '1', 'yes', 'y', '1.2.3.4', '10.0.0.0/8'],
    ])
  })

  it.each(
    [
      'yes Yes on OFF no 0777 08 0o17 -0o17 0o1_7 0O17 0b11 0B11 -0x1f 0X1f 0x_f 1:30 12:30:45',
      '1_000 1_e3 1_0e3 1e_3 -1_.5e3 1_0e+3 1e3 2024-01-01 2024-01-01T10:00:00Z',
    ].flatMap((line) => line.split(' ')),
  )('refuses %s, which kubectl and Helm would read as another value, as a value and as a key', (plain) => {
    const message = expect.stringContaining(`${plain} is `)
    expect(messages(`a: ${plain}`)).toEqual([message])
    expect(messages(`[${plain}]`)).toEqual([message])
    expect(messages(`${plain}: a`)).toEqual([message])
    expect(messages(`a: "${plain}"\n'${plain}': b`)).toEqual([])
  })

  it('refuses line breaks that only YAML 1.1 knows', () => {
    expect(messages('a: "b\u2028c"')).toEqual(['1:6 the line break U+2028 cannot stand in YAML'])
    expect(values('a: "b\\u2028c"')).toEqual([{ a: 'b\u2028c' }])
  })

  it('reads every plain value as the reader of YAML 1.1 does, or refuses it', () => {
    const words = fc.constantFrom('0', '7', '8', '_', ':', '.', '-', '+', 'e', 'x', 'o', 'b', 'n', 'y', 'f', 't', 'T')
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 6 }), (parts) => {
        const text = `a: ${parts.join('')}`
        const { documents, diagnostics } = parseText('f.yaml', text)
        const old = parseDocument(text, { version: '1.1', logLevel: 'silent' })
        if (diagnostics.length > 0 || old.errors.length > 0) return
        // No reader takes these words of the standard at their word: `y` is a text, and so is a number without digits.
        const { a } = old.toJS() as { a: unknown }
        if (typeof a !== 'boolean' && !Number.isNaN(a)) expect(documents[0]?.value).toEqual({ a })
      }),
      { numRuns: 3_000 },
    )
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
