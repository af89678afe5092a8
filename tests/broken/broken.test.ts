import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadText } from '../../config/load/load.ts'
import { formatDiagnostic } from '../../config/resource.ts'
import { sortDiagnostics, validate } from '../../config/validate/validate.ts'

const FOLDER = import.meta.dirname
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))

/** Every message about a text, as people see it. */
function messagesOf(file: string, text: string): readonly string[] {
  const { resources, diagnostics } = loadText(file, text)
  return sortDiagnostics([...diagnostics, ...validate(resources)]).map(formatDiagnostic)
}

/** The leading comment lines `# expect: LINE:COLUMN kind/name /pointer: message` of a broken document. */
function expectedOf(file: string, text: string): readonly string[] {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('# expect: '))
  return lines.slice(0, end).map((line) => `${file}:${line.slice('# expect: '.length)}`)
}

describe('a broken document is told exactly what is wrong with it, and where', () => {
  it.each(files)('%s', (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8')
    const expected = expectedOf(file, text)
    expect(expected.length).toBeGreaterThan(0)
    expect(messagesOf(file, text)).toEqual(expected)
  })

  it('the collection is large enough to mean something', () => {
    expect(files.length).toBeGreaterThanOrEqual(70)
  })
})
