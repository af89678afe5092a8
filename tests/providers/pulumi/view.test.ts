import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Kind } from '../../../config/kind.ts'
import { KINDS, kindOf } from '../../../config/kinds/index.ts'
import { asFound, readable } from '../../../providers/pulumi/view.ts'
import { diffSpec } from '../../../reconciler/diff.ts'
import { specArbitrary } from '../../support/arbitrary.ts'

function kind(name: string): Kind {
  return kindOf(name) ?? expect.fail(`${name} is a kind`)
}

type Spec = Readonly<Record<string, unknown>>

/** The spec as Pulumi sees it when the system has `observed`. */
const seen = (name: string, spec: Spec, observed: Spec): Spec =>
  asFound(kind(name), spec, diffSpec(kind(name), spec, { observed, memo: {} }))

describe('a spec as the system has it', () => {
  it('is the spec itself when nothing differs', () => {
    const spec = { displayName: 'Acme', pin: { size: 6 } }
    expect(seen('Tenant', spec, spec)).toBe(spec)
  })

  it('holds the value of the system in place of one that differs', () => {
    expect(seen('Tenant', { pin: { size: 6, enabled: true } }, { pin: { size: 4, enabled: true } })).toEqual({
      pin: { size: 4, enabled: true },
    })
  })

  it('lacks a field that the system does not have', () => {
    expect(seen('Tenant', { displayName: 'Acme', passkeys: true }, { displayName: 'Acme' })).toEqual({
      displayName: 'Acme',
    })
  })

  it('never holds a field that the spec does not name', () => {
    expect(seen('Tenant', { displayName: 'Acme' }, { displayName: 'Other', passkeys: true })).toEqual({
      displayName: 'Other',
    })
  })

  it('holds the texts of a map that differ, one by one', () => {
    const spec = { locale: 'nl_NL', messages: { hello: 'Hallo', bye: 'Dag', new: 'Nieuw' } }
    const observed = { locale: 'nl_NL', messages: { hello: 'Hoi', bye: 'Dag', other: 'Ander' } }
    expect(seen('CimCustomMessages', spec, observed)).toEqual({
      locale: 'nl_NL',
      messages: { hello: 'Hoi', bye: 'Dag' },
    })
  })

  it('names a related object by its id, where another one is related', () => {
    const spec = { organizationRef: { id: 'acme' } }
    expect(seen('Tenant', spec, { organizationRef: { id: 'other' } })).toEqual({ organizationRef: { id: 'other' } })
  })

  it('keeps references to secrets and what steers Plumbline as they are', () => {
    const spec = { displayName: 'Portal', clientSecret: { fromEnv: 'SECRET' }, adoption: 'AdoptOnly' }
    expect(seen('Client', spec, { displayName: 'Other' })).toEqual({ ...spec, displayName: 'Other' })
  })
})

describe.each(KINDS.filter((k) => k.system !== undefined))('a spec of $name as the system has it', (k) => {
  it('never differs from the system, whatever both hold', () => {
    fc.assert(
      fc.property(specArbitrary(k), specArbitrary(k), (spec, observed) => {
        const known = { observed, memo: {} }
        const view = asFound(k, spec, diffSpec(k, spec, known))
        expect(diffSpec(k, view, known).filter((change) => !change.secret)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })
})

describe('what is recorded as observed', () => {
  it('holds no secret and nothing that steers Plumbline', () => {
    const spec = { displayName: 'Portal', clientSecret: { fromEnv: 'SECRET' }, adoption: 'AdoptOnly' }
    expect(readable(kind('Client'), spec, {})).toEqual({ displayName: 'Portal' })
  })

  it('leaves out what only the memo knows', () => {
    const spec = { displayName: 'Acme', pin: { size: 6, enabled: true } }
    expect(readable(kind('Tenant'), spec, { '/pin/size': 6 })).toEqual({ displayName: 'Acme', pin: { enabled: true } })
  })
})
