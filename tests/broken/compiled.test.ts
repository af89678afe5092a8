import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ValidateFunction } from 'ajv'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments, type Document as YamlDocument } from 'yaml'
import { KINDS } from '../../config/kinds/index.ts'
import { checkCompiler } from '../../config/validate/compiler.ts'
import { documentSchema } from '../../config/validate/document.ts'
import { COMPILED_CHECKS } from '../../tools/compiled-checks.ts'

const CACHE = join(import.meta.dirname, '../../node_modules/.cache')

/** What a bundle holds must say the same as what the sources compile, in every field of every error. */
describe('the checks that are compiled beforehand', () => {
  let folder: string
  let compiled: Readonly<Record<string, ValidateFunction>>
  beforeAll(async () => {
    await mkdir(CACHE, { recursive: true })
    folder = await mkdtemp(join(CACHE, 'checks-'))
    const outfile = join(folder, 'checks.cjs')
    const entryPoints = ['config/validate/compiled.ts']
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', plugins: [COMPILED_CHECKS] })
    compiled = (await import(outfile)).COMPILED
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('are there for every kind and for the project file', () => {
    expect(Object.keys(compiled).toSorted()).toEqual([...KINDS.map((kind) => kind.name), 'Project'].toSorted())
  })

  it('find in broken documents just what the others find', async () => {
    const compiler = checkCompiler({ optimize: false })
    const values = await brokenValues()
    for (const kind of KINDS) {
      const [one, other] = [compiled[kind.name] as ValidateFunction, compiler.compile(documentSchema(kind))]
      // A document of another kind breaks many rules at once.
      for (const value of [...values.filter((v) => isOf(kind.name, v)), ...values.slice(0, OTHERS)])
        expect([one(value), plain(one.errors)]).toEqual([other(value), plain(other.errors)])
    }
  })
})

const OTHERS = 8
const isOf = (kind: string, value: unknown): boolean => (value as { kind?: unknown } | null)?.kind === kind

const plain = (errors: unknown): unknown => JSON.parse(JSON.stringify(errors))

async function brokenValues(): Promise<readonly unknown[]> {
  const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.yaml'))
  const texts = await Promise.all(files.map((name) => readFile(join(import.meta.dirname, name), 'utf8')))
  return texts.flatMap((text) => {
    const documents = parseAllDocuments(text)
    return 'empty' in documents ? [] : documents.filter((d) => d.errors.length === 0).flatMap(plainValueOf)
  })
}

/** Some of the files hold what is no JSON, and one refers to itself. */
function plainValueOf(parsed: YamlDocument.Parsed): readonly unknown[] {
  try {
    return [plain(parsed.toJS({ maxAliasCount: 10 }))]
  } catch {
    return []
  }
}
