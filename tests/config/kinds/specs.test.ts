import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
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
