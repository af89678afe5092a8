import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { documentAddress, objectKeyOf, placeOfInstance, placeOfUrl } from '../../reconciler/identity.ts'
import type { PlaceByConnection } from '../../reconciler/match.ts'
import { behindMovedConnection } from '../../reconciler/moved-connection.ts'
import { entry, without } from '../support/matching.ts'

const kind = (name: string) => kindOf(name) ?? expect.fail(`no kind ${name}`)

describe('a place', () => {
  it('is the base URL, however it is written', () => {
    const places = ['https://API.example/v1', 'https://api.example:443/v1/', 'https://api.example/v1//'].map((url) =>
      placeOfUrl(url),
    )
    expect(new Set(places)).toEqual(new Set(['https://api.example/v1']))
  })

  it('has the account where the credentials tell it', () =>
    expect(placeOfUrl('https://api.example', 'acme')).toBe('https://api.example#acme'))

  it('is what a service of ours tells, and the organization in it', () => {
    expect(placeOfInstance('1')).toBe('instance:1')
    expect(placeOfInstance('1', 'acme')).toBe('instance:1/acme')
  })
})

describe('the key of an object', () => {
  it('differs with kind, place, tenant and natural key', () => {
    const group = { kind: kind('Group'), place: 'p', tenant: 't', key: 'k' }
    const keys = [
      group,
      { ...group, kind: kind('User') },
      { ...group, place: 'q' },
      { ...group, tenant: 'u' },
      { ...group, tenant: undefined },
      { ...group, key: 'l' },
    ].map(objectKeyOf)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('is the same for what the kind compares without case', () => {
    const group = { kind: kind('Group'), place: 'p', tenant: 't' }
    expect(objectKeyOf({ ...group, key: 'Ops' })).toBe(objectKeyOf({ ...group, key: 'ops' }))
  })

  it('has no part that another part can be taken for', () => {
    const tenant = { kind: kind('Tenant'), place: 'p' }
    expect(objectKeyOf({ ...tenant, key: 'a b' })).not.toBe(objectKeyOf({ ...tenant, tenant: 'a', key: 'b' }))
    expect(objectKeyOf({ ...tenant, key: 'a' }).split(' ')).toEqual(['Tenant', 'p', '', 'a'])
  })
})

describe('the document of an address', () => {
  it.each([
    ['Tenant/acme', 'Tenant/acme'],
    ['Tenant/acme@0a1b2c3d', 'Tenant/acme'],
    ['Tenant/acme@moving', 'Tenant/acme'],
    ['User/jane@acme.example@0a1b2c3d', 'User/jane@acme.example'],
  ])('%s is %s', (address, expected) => expect(documentAddress(address)).toBe(expected))
})

describe('what an older release remembers behind a Connection', () => {
  const gone = new PlumblineError('UNRESOLVED_REFERENCE', 'there is no such Connection')
  const claim = { registry: 'vault', object: 'Tenant///a' }
  const old = without(entry('Tenant', 'a', { claim }))
  const places = (more: Record<string, string | PlumblineError>): PlaceByConnection => new Map(Object.entries(more))

  it.each([
    ['is gone and was not asked', places({ 'team/vault': 'p' })],
    ['is gone', places({ vault: gone, 'team/vault': 'p' })],
    ['is gone, and another name is beside it', places({ vault: gone, 'team/vault': 'p', 'team/other': 'p' })],
  ])('is behind the one of the same name in a namespace when that Connection %s', (_, at) =>
    expect(behindMovedConnection(old, at)).toEqual({
      ...old,
      connection: 'team/vault',
      claim: { registry: 'team/vault', object: 'Tenant///a' },
    }),
  )

  it('moves from a namespace to none, too', () => {
    const before = { ...old, connection: 'team/vault' }
    expect(behindMovedConnection(before, places({ vault: 'p' })).connection).toBe('vault')
  })

  it('keeps its claim in the book of another Connection', () => {
    const elsewhere = { ...old, claim: { ...claim, registry: 'book' } }
    expect(behindMovedConnection(elsewhere, places({ 'team/vault': 'p' })).claim?.registry).toBe('book')
  })

  it('claims nothing where nothing was claimed', () => {
    const { claim: _, ...unclaimed } = old
    expect(behindMovedConnection(unclaimed, places({ 'team/vault': 'p' }))).not.toHaveProperty('claim')
  })

  it.each([
    ['is still there', old, places({ vault: 'q', 'team/vault': 'p' })],
    ['does not answer now', old, places({ vault: new PlumblineError('UNAVAILABLE', 'x'), 'team/vault': 'p' })],
    ['might be two by now', old, places({ vault: gone, 'a/vault': 'p', 'b/vault': 'p' })],
    ['has no other of its name', old, places({ vault: gone, 'team/other': 'p' })],
    ['has its place recorded', entry('Tenant', 'a', { claim }), places({ vault: gone, 'team/vault': 'p' })],
  ])('stays as it is when that %s', (_, known, at) => expect(behindMovedConnection(known, at)).toBe(known))
})
