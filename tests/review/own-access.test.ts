import { describe, expect, it } from 'vitest'
import type { Resource, Spec } from '../../config/resource.ts'
import { document, reviewOf } from './documents.ts'

const env = (name: string) => ({ fromEnv: name })
const runtime = (apiKey: Spec = { fromFile: 'ci.key' }) =>
  document('Connection', 'vault', { system: 'SecretsVault', endpoint: 'https://id.example', credentials: { apiKey } })
const organization = (access: Spec): Resource =>
  document('Organization', 'acme', { connectionRef: { name: 'vault' }, displayName: 'Acme', access })
const cim = (password: string, endpoint = 'embedded'): Resource =>
  document('Connection', 'cim', {
    system: 'OneWelcomeCim',
    endpoint,
    organizationRef: { name: 'acme' },
    credentials: { username: env('CIM_USER'), password: env(password) },
  })
const key = (spec: Spec = {}): Resource =>
  document('ApiKey', 'ci', {
    connectionRef: { name: 'vault' },
    tenantRef: { id: 'admin' },
    displayName: 'ci',
    scopes: ['tenants:read', 'tenants:write'],
    writeTo: { file: 'ci.key' },
    ...spec,
  })
const takes = (password: string): Resource =>
  organization({ cim: { username: env('CIM_USER'), password: env(password) } })

/** What is told of Plumbline's own credentials, as `Connection/name: text`. */
const told = (base: readonly Resource[], head: readonly Resource[]): readonly string[] =>
  reviewOf(base, head).lockouts.map(({ tenant, text }) => `${tenant}: ${text}`)

const OTHER =
  'Connection/cim: Plumbline itself can no longer sign in: Organization/acme takes another password than the Connection shows'

describe('a change after which Plumbline itself cannot sign in', () => {
  it.each<[string, readonly Resource[], readonly Resource[], readonly string[]]>([
    ['the organization takes another password', [takes('A'), cim('A')], [takes('B'), cim('A')], [OTHER]],
    ['the Connection shows another password', [takes('A'), cim('A')], [takes('A'), cim('B')], [OTHER]],
    [
      'the service is a remote one',
      [takes('A'), cim('A', 'https://id.example/orgs/acme/cim')],
      [takes('B'), cim('A', 'https://id.example/orgs/acme/cim')],
      [OTHER],
    ],
    [
      'the key that the Connection reads is deleted with its document',
      [runtime(), key({ deletionPolicy: 'Delete' })],
      [runtime()],
      ['Connection/vault: Plumbline itself can no longer do its work: its API key is ended (ApiKey/ci)'],
    ],
    [
      'the key that the Connection reads may do less',
      [runtime(), key()],
      [runtime(), key({ scopes: ['tenants:read'] })],
      ['Connection/vault: Plumbline itself can no longer do its work: its API key loses tenants:write (ApiKey/ci)'],
    ],
  ])('is told when %s', (_what, base, head, expected) => {
    expect(told(base, head)).toEqual(expected)
  })

  it.each<[string, readonly Resource[], readonly Resource[]]>([
    ['both change together', [takes('A'), cim('A')], [takes('B'), cim('B')]],
    ['both name sources of their own, as before', [takes('A'), cim('B')], [takes('A'), cim('B')]],
    [
      'the secret is only sent again',
      [takes('A'), cim('A')],
      [organization({ cim: { password: { ...env('A'), version: 2 } } }), cim('A')],
    ],
    ['the organization does not name what it takes', [organization({}), cim('A')], [organization({}), cim('B')]],
    [
      'the system is a vendor',
      [takes('A'), cim('A', 'https://cim.example')],
      [takes('B'), cim('A', 'https://cim.example')],
    ],
    ['the Connection is new', [takes('A')], [takes('A'), cim('B')]],
    ['the key stays in its system', [runtime(), key()], [runtime()]],
    [
      'another key takes its place',
      [runtime(), key({ deletionPolicy: 'Delete' })],
      [runtime(), { ...key(), metadata: { name: 'new' } }],
    ],
    ['the key may do more', [runtime(), key({ scopes: ['tenants:read'] })], [runtime(), key()]],
    [
      'the key is that of somebody else',
      [runtime(env('KEY')), key({ deletionPolicy: 'Delete' })],
      [runtime(env('KEY'))],
    ],
  ])('is not told when %s', (_what, base, head) => {
    expect(told(base, head)).toEqual([])
  })

  it('is told with both places, and how to mend it', () => {
    const [lockout] = reviewOf([takes('A'), cim('A')], [takes('B'), cim('A')]).lockouts
    expect(lockout?.causes.map(({ address, pointer }) => `${address}${pointer}`)).toEqual([
      'Organization/acme/access/cim/password',
      'Connection/cim/credentials/password',
    ])
    expect(lockout?.mend).toContain('name one secret')
  })
})
