import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { kindOf } from '../../config/kinds/index.ts'
import { loadText } from '../../config/load/load.ts'
import type { Resource } from '../../config/resource.ts'
import { validateOne } from '../../config/validate/validate.ts'
import { type Kube, startKube } from '../support/kube.ts'

const BROKEN = new URL('../broken/', import.meta.url)
const EXAMPLES = new URL('../../examples/', import.meta.url)

interface Case {
  readonly name: string
  readonly document: Resource
  readonly refused: boolean
}

/** Documents of a file that parse, with what the command line says of each by itself. */
function casesOf(folder: URL, file: string): readonly Case[] {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const { diagnostics } = loadText(file, text)
  const parsed = parseAllDocuments(text, { uniqueKeys: true })
  if (!Array.isArray(parsed) || parsed.some((d) => d.errors.length > 0)) return []
  const documents = parsed.map((d) => d.toJS({ maxAliasCount: 10 }) as Resource).filter((d) => d !== null)
  return documents.filter(isOfOurs).map((document, i) => {
    const own = diagnostics.some((d) => d.resource === `${document.kind}/${document.metadata.name}`)
    return { name: `${file} #${i + 1} ${document.kind}`, document, refused: own || validateOne(document).length > 0 }
  })
}

/** The API server knows no other kinds, and a document without metadata has no address there. */
const isOfOurs = (d: Resource): boolean =>
  typeof d === 'object' &&
  typeof d.kind === 'string' &&
  kindOf(d.kind) !== undefined &&
  typeof d.metadata?.name === 'string'

const yamlIn = (folder: URL): readonly string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('plumbline.yaml') && !name.includes('Pulumi'))

/** What the API server cannot tell, and why; the controller refuses the last one, as a condition. */
const ONLY_THE_COMMAND_LINE: Readonly<Record<string, string>> = {
  'empty-value.yaml #1 Tenant': 'a null that a field does not take is dropped, which leaves the field unmanaged',
  'null-for-unmanaged.yaml #1 Tenant': 'a null that a field does not take is dropped, which leaves the field unmanaged',
  'regex-does-not-compile.yaml #1 CimFeatures': 'neither OpenAPI nor CEL compiles a text as a pattern',
}

const isYamlMatter = (file: string): boolean => file.startsWith('yaml-')

const cases = [
  ...yamlIn(BROKEN)
    .filter((file) => !isYamlMatter(file))
    .flatMap((file) => casesOf(BROKEN, file)),
  ...yamlIn(EXAMPLES).flatMap((file) => casesOf(EXAMPLES, file)),
]

describe('the API server and the command line refuse the same documents', () => {
  let kube: Kube
  beforeAll(async () => {
    kube = await startKube()
    const namespaces = new Set(cases.filter((c) => !c.refused).flatMap((c) => c.document.metadata.namespace ?? []))
    for (const name of namespaces) await kube.call('POST', '/api/v1/namespaces', { body: { metadata: { name } } })
  })
  afterAll(() => kube.stop())

  const refuses = async ({ document }: Case): Promise<string | undefined> => {
    const namespace = document.metadata.namespace ?? 'default'
    const plural = kindOf(document.kind)?.plural
    const path = `/apis/plumbline.dev/v1alpha1/namespaces/${encodeURIComponent(namespace)}/${plural}`
    const query = '?dryRun=All&fieldValidation=Strict'
    const { status, body } = await kube.call('POST', path + query, { body: document })
    return status < 300 ? undefined : String((body as { message?: string }).message)
  }

  const both = cases.filter((c) => ONLY_THE_COMMAND_LINE[c.name] === undefined)

  it.each(both.filter((c) => c.refused).map((c) => [c.name, c] as const))('refused: %s', async (_, one) => {
    expect(await refuses(one)).toBeTypeOf('string')
  })

  it.each(both.filter((c) => !c.refused).map((c) => [c.name, c] as const))('taken: %s', async (_, one) => {
    expect(await refuses(one)).toBeUndefined()
  })

  it.each(cases.filter((c) => !both.includes(c)).map((c) => [c.name, c] as const))(
    'only the command line refuses %s',
    async (_, one) => {
      expect(one.refused).toBe(true)
      expect(await refuses(one)).toBeUndefined()
    },
  )

  it('has cases of both sorts', () => {
    expect(cases.filter((c) => c.refused).length).toBeGreaterThan(40)
    expect(cases.filter((c) => !c.refused).length).toBeGreaterThan(40)
  })
})
