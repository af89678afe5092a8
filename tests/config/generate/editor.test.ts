import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { kindOf } from '../../../config/kinds/index.ts'
import { parseText } from '../../../config/load/parse.ts'
import { shapeCheckOf } from '../../../config/validate/document.ts'

const ROOT = join(import.meta.dirname, '../../..')
const DRAFT: SchemaDraft = '7'

/** A published schema under a validator that shares nothing with the one of `plumbline validate`. */
function published(name: string): Validator {
  const schema = JSON.parse(readFileSync(join(ROOT, 'config/schema', name), 'utf8')) as Schema
  return new Validator(schema, DRAFT, false)
}
const documents = published('plumbline.schema.json')
const overlays = published('overlay.schema.json')
const project = published('project.schema.json')

interface Found {
  readonly file: string
  readonly value: { readonly kind?: string; readonly apiVersion?: string }
}

function valuesIn(folder: string): readonly Found[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) => {
      const parsed = parseText(name, readFileSync(join(ROOT, folder, name), 'utf8'))
      return parsed.documents.map(({ value }) => ({ file: name, value: value as Found['value'] }))
    })
}

const errorsOf = (validator: Validator, value: unknown): readonly string[] =>
  validator.validate(value).errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)

const examples = valuesIn('examples').filter(({ value }) => value.apiVersion?.startsWith('plumbline.dev/'))
const isOverlay = ({ file }: Found) => file.includes('overlays/')

describe('the published editor schemas', () => {
  it.each(examples.filter((e) => !isOverlay(e)).map((e) => [`${e.file} ${e.value.kind}`, e.value]))(
    'accept %s',
    (_, value) => {
      expect(errorsOf(documents, value)).toEqual([])
    },
  )

  it.each(examples.filter(isOverlay).map((e) => [e.file, e.value]))('accept the overlay %s', (_, value) => {
    expect(errorsOf(overlays, value)).toEqual([])
  })

  it('accept project files', () => {
    const files = examples.filter(({ value }) => value.kind === 'Project')
    expect(files.length).toBeGreaterThan(5)
    for (const { value } of files) expect(errorsOf(project, value)).toEqual([])
  })

  it('refuse a field of a project file that is misspelt', () => {
    const value = { apiVersion: 'plumbline.dev/v1alpha1', kind: 'Project', name: 'a', pathes: ['a'] }
    expect(errorsOf(project, value)).not.toEqual([])
    expect(errorsOf(documents, value)).not.toEqual([])
  })
})

const tenant = (spec: object) => ({
  apiVersion: 'plumbline.dev/v1alpha1',
  kind: 'Tenant',
  metadata: { name: 'web' },
  spec: { connectionRef: { name: 'vault' }, displayName: 'Web', ...spec },
})

/** What the language reads as a variable, and what it does not. */
const sign = (text: string) => text.replaceAll('@', '$')

describe('variables', () => {
  it.each([
    { pin: { size: sign('@{pinSize}') } },
    { passkeys: sign('@{passkeys}') },
    { loginOrder: [sign('@{first}'), 'Pattern'] },
    { deletionPolicy: sign('@{policy}') },
    { displayName: sign('The @{company} tenant') },
  ])('are accepted wherever a value may stand: %j', (spec) => {
    expect(errorsOf(documents, tenant(spec))).toEqual([])
  })

  it.each([
    { pin: { size: 'six' } },
    { pin: { size: sign('@@{pinSize}') } },
    { pin: { size: sign('1@{pinSize}') } },
    { pin: sign('@{pin}') },
    { deletionPolicy: 'Burn' },
  ])('do not make everything acceptable: %j', (spec) => {
    expect(errorsOf(documents, tenant(spec))).not.toEqual([])
  })
})

describe('overlays', () => {
  const overlay = (spec: object) => ({ kind: 'Tenant', metadata: { name: 'web' }, spec })

  it.each([{ pin: { size: 8 } }, { registration: null }, { pin: null }, { pin: { size: sign('@{pinSize}') } }, {}])(
    'may hold only what they change: %j',
    (spec) => {
      expect(errorsOf(overlays, overlay(spec))).toEqual([])
    },
  )

  it.each([{ pin: { size: 'eight' } }, { pni: { size: 8 } }, { pin: { sise: 8 } }])('are checked: %j', (spec) => {
    expect(errorsOf(overlays, overlay(spec))).not.toEqual([])
  })
})

describe('what `validate` refuses by the schema of a kind', () => {
  const broken = valuesIn('tests/broken').filter(({ value }) => {
    const kind = kindOf(value?.kind ?? '')
    return kind !== undefined && shapeCheckOf(kind)(value).length > 0
  })

  it.each(broken.map((b) => [b.file, b.value]))('is refused by the editor, too: %s', (_, value) => {
    expect(errorsOf(documents, value)).not.toEqual([])
  })

  it('is much', () => expect(broken.length).toBeGreaterThan(30))
})
