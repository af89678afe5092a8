import { describe, expect, it } from 'vitest'
import { isGranted } from '../../config/grants.ts'
import { referencesOf, resolve, targetOf } from '../../config/references.ts'
import { API_VERSION, type Resource, type Spec } from '../../config/resource.ts'

const resource = (kind: string, namespace: string | undefined, name: string, spec: Spec): Resource => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec,
})
const vault = resource('Connection', 'shared', 'vault', { system: 'SecretsVault', endpoint: 'embedded' })
const tenantIn = (namespace?: string): Resource =>
  resource('Tenant', namespace, 'web', { connectionRef: { name: 'vault', namespace: 'shared' } })
const grant = (spec: Spec): Resource => resource('ReferenceGrant', 'shared', 'grant', spec)

/** Whether the reference of a tenant in `namespace` holds where these grants are. */
const granted = (namespace: string | undefined, ...grants: Resource[]): boolean => {
  const tenant = tenantIn(namespace)
  const [edge] = referencesOf(tenant)
  return edge !== undefined && isGranted(edge, tenant, resolve([vault, tenant, ...grants]))
}

describe('a reference into another namespace', () => {
  it('leads to the document there', () => {
    const tenant = tenantIn('team-a')
    const [edge] = referencesOf(tenant)
    expect(edge && targetOf(edge, tenant, resolve([vault, tenant]))).toBe(vault)
  })

  it.each([
    ['no grant at all', [], false],
    ['a grant for its namespace', [grant({ from: [{ namespace: 'team-a' }], to: [{ kind: 'Connection' }] })], true],
    [
      'a grant for its kind',
      [grant({ from: [{ namespace: 'team-a', kind: 'Tenant' }], to: [{ kind: 'Connection' }] })],
      true,
    ],
    [
      'a grant for another kind',
      [grant({ from: [{ namespace: 'team-a', kind: 'Client' }], to: [{ kind: 'Connection' }] })],
      false,
    ],
    [
      'a grant for another namespace',
      [grant({ from: [{ namespace: 'team-b' }], to: [{ kind: 'Connection' }] })],
      false,
    ],
    [
      'a grant to the one name',
      [grant({ from: [{ namespace: 'team-a' }], to: [{ kind: 'Connection', name: 'vault' }] })],
      true,
    ],
    [
      'a grant to another name',
      [grant({ from: [{ namespace: 'team-a' }], to: [{ kind: 'Connection', name: 'cim' }] })],
      false,
    ],
    [
      'a grant to another kind of target',
      [grant({ from: [{ namespace: 'team-a' }], to: [{ kind: 'Tenant' }] })],
      false,
    ],
  ] as const)('with %s', (_, grants, expected) => {
    expect(granted('team-a', ...grants)).toBe(expected)
  })

  it('needs a grant in the namespace that it leads to; one of its own says nothing', () => {
    const own = resource('ReferenceGrant', 'team-a', 'grant', {
      from: [{ namespace: 'team-a' }],
      to: [{ kind: 'Connection' }],
    })
    expect(granted('team-a', own)).toBe(false)
  })

  it('cannot be granted to a document without a namespace', () => {
    expect(granted(undefined, grant({ from: [{ namespace: 'team-a' }], to: [{ kind: 'Connection' }] }))).toBe(false)
  })

  it('that names its own namespace needs none', () => {
    expect(granted('shared')).toBe(true)
  })
})
