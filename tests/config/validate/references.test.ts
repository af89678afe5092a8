import { describe, expect, it } from 'vitest'
import {
  connectionOf,
  dependenciesOf,
  keyOf,
  referencedKey,
  referencesOf,
  resolve,
  tenantOf,
  valueAt,
} from '../../../config/references.ts'
import { API_VERSION, addressOf, type Resource } from '../../../config/resource.ts'

const resource = (kind: string, name: string, spec: Record<string, unknown>): Resource => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name },
  spec,
})
const vault = resource('Connection', 'vault', { system: 'SecretsVault', endpoint: 'embedded' })
const cim = resource('Connection', 'cim', {
  system: 'OneWelcomeCim',
  endpoint: 'embedded',
  organizationRef: { name: 'acme' },
})
const acme = resource('Organization', 'acme', { connectionRef: { name: 'vault' } })
const web = resource('Tenant', 'web', {
  connectionRef: { name: 'vault' },
  organizationRef: { name: 'acme' },
  tenantId: 'acme-web',
})
const portal = resource('Client', 'portal', { connectionRef: { name: 'vault' }, tenantRef: { name: 'web' } })
const stepUp = resource('CimStepUp', 'step-up', { connectionRef: { name: 'cim' } })
const index = resolve([vault, cim, acme, web, portal, stepUp])

describe('references', () => {
  it('of a document are its connection and whatever its kind refers to', () => {
    expect(referencesOf(portal)).toEqual([
      { at: '/connectionRef', kind: 'Connection', name: 'vault' },
      { at: '/tenantRef', kind: 'Tenant', name: 'web' },
    ])
  })

  it('of a document of an unknown kind, or without a spec worth reading, are none', () => {
    expect(referencesOf(resource('Firewall', 'a', { connectionRef: { name: 'vault' } }))).toEqual([])
    expect(referencesOf(resource('Tenant', 'a', { connectionRef: 'vault' }))).toEqual([])
  })

  it('say what has to be in place first: an embedded vendor connection needs its organization', () => {
    expect(dependenciesOf(stepUp, index).map(addressOf)).toEqual(['Connection/cim'])
    expect(dependenciesOf(cim, index).map(addressOf)).toEqual(['Organization/acme'])
    expect(dependenciesOf(web, index).map(addressOf)).toEqual(['Connection/vault', 'Organization/acme'])
  })

  it('lead to the connection', () => {
    expect(connectionOf(portal, index)).toBe(vault)
    expect(connectionOf(vault, index)).toBeUndefined()
  })

  it('lead to the natural key of a tenant, by its document or by id', () => {
    expect(tenantOf(portal, index)).toBe('acme-web')
    expect(tenantOf(resource('Client', 'a', { tenantRef: { id: 'shop' } }), index)).toBe('shop')
    expect(tenantOf(resource('Client', 'a', { tenantRef: { name: 'gone' } }), index)).toBeUndefined()
    expect(tenantOf(stepUp, index)).toBeUndefined()
  })

  it('lead to any other natural key: a document without one uses its name', () => {
    expect(referencedKey(web, 'Organization', index)).toBe('acme')
    expect(keyOf(web)).toBe('acme-web')
  })
})

describe('JSON Pointers (RFC 6901)', () => {
  it.each([
    ['', { a: 1 }, { a: 1 }],
    ['/a/1', { a: ['x', 'y'] }, 'y'],
    ['/a~1b/~0', { 'a/b': { '~': 1 } }, 1],
    ['/a/b', { a: null }, undefined],
    ['/constructor', {}, undefined],
  ])('%j', (pointer, value, expected) => {
    expect(valueAt(value, pointer)).toEqual(expected)
  })
})
