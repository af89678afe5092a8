import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { editorBundle } from '../../../config/generate/editor.ts'
import { EXAMPLES } from '../../../config/generate/examples.ts'
import { specOf } from '../../../config/kind.ts'
import { KINDS } from '../../../config/kinds/index.ts'
import { API_VERSION } from '../../../config/resource.ts'
import { staleFiles } from '../../../tools/generate.ts'
import { satisfies } from '../../support/arbitrary.ts'

const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, keywords: ['x-plumbline', 'x-says'] })
formats.default(ajv)

const each = KINDS.map((kind) => [kind.name, kind] as const)

describe('generated files', () => {
  it('are fresh', async () => {
    expect(await staleFiles()).toEqual([])
  })
})

describe('the example of a reference page', () => {
  it.each(each)('is a valid %s', (name, kind) => {
    const fits = ajv.compile(specOf(kind))
    const example = EXAMPLES[name] ?? {}
    expect(fits(example), JSON.stringify(fits.errors)).toBe(true)
    expect(satisfies(kind.rules, example)).toBe(true)
  })
})

describe('the editor schema', () => {
  const accepts = ajv.compile(editorBundle(KINDS))
  const document = (kind: string, spec: unknown) => ({
    apiVersion: API_VERSION,
    kind,
    metadata: { name: 'example' },
    spec,
  })

  it.each(each)('accepts the example of %s', (name) => {
    expect(accepts(document(name, EXAMPLES[name])), JSON.stringify(accepts.errors)).toBe(true)
  })

  it('refuses a field of another kind', () => {
    expect(accepts(document('CimPasswordPolicy', EXAMPLES.Tenant))).toBe(false)
  })

  it('refuses a secret that is written out', () => {
    expect(accepts(document('Client', { ...EXAMPLES.Client, clientSecret: 'hunter2' }))).toBe(false)
  })

  it('refuses a secret with two sources', () => {
    const clientSecret = { fromEnv: 'A', fromFile: 'b' }
    expect(accepts(document('Client', { ...EXAMPLES.Client, clientSecret }))).toBe(false)
  })
})
