import { isDeepStrictEqual } from 'node:util'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Field, fieldsOf } from '../../../config/field.ts'
import { specOf } from '../../../config/kind.ts'
import { KINDS } from '../../../config/kinds/index.ts'
import { specArbitrary } from '../../support/arbitrary.ts'

const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, keywords: ['x-plumbline', 'x-says'] })
formats.default(ajv)

describe('generated specs', () => {
  it.each(KINDS.map((kind) => [kind.name, kind] as const))('of %s fit the schema', (_name, kind) => {
    const fits = ajv.compile(specOf(kind))
    fc.assert(
      fc.property(specArbitrary(kind), (spec) => {
        expect(fits(spec), JSON.stringify(fits.errors)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})

/** They are known by an id, and what they are called can change. */
describe('a kind that is renamed in place', () => {
  it.each(KINDS.filter(({ renamable }) => renamable).map((kind) => [kind.name, kind] as const))(
    '%s has a name that is not set at creation only',
    (_name, kind) => {
      const changeable = fieldsOf(kind.spec).filter(({ meta }) => !meta.createOnly)
      const keysWith = (field: string, id: string) =>
        [id, { id }].map((value) => kind.key({ [field]: value }, 'document'))
      const isName = ({ name }: Field) => !isDeepStrictEqual(keysWith(name, 'one'), keysWith(name, 'other'))
      expect(changeable.filter(isName)).not.toEqual([])
    },
  )
})
