import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../../config/kinds/index.ts'
import { loadText } from '../../../config/load/load.ts'
import { API_VERSION, formatDiagnostic, type Resource } from '../../../config/resource.ts'
import { validate, validateOne } from '../../../config/validate/validate.ts'
import { specArbitrary } from '../../support/arbitrary.ts'

const resource = (kind: string, name: string, spec: Record<string, unknown>): Resource => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name },
  spec,
})
const through = (connection: string, spec: Record<string, unknown>) => ({
  connectionRef: { name: connection },
  ...spec,
})
const from = (name: string) => ({ fromEnv: name })

const vault = resource('Connection', 'vault', {
  system: 'SecretsVault',
  endpoint: 'embedded',
  credentials: { apiKey: from('KEY') },
})
const navixy = resource('Connection', 'navixy', {
  system: 'Navixy',
  endpoint: 'https://api.navixy.example',
  credentials: { hash: from('HASH') },
})
const cim = resource('Connection', 'cim', {
  system: 'OneWelcomeCim',
  endpoint: 'https://cim.example',
  credentials: { username: from('USER'), password: from('PASSWORD') },
})
const web = resource('Tenant', 'web', through('vault', {}))

const messages = (...resources: Resource[]) => validate(resources).map(formatDiagnostic)

describe('good documents', () => {
  it.each(KINDS.map((kind) => [kind.name, kind] as const))(
    '%s: whatever its schema and rules allow is valid',
    (_, kind) => {
      fc.assert(
        fc.property(specArbitrary(kind), (spec) => {
          expect(validateOne(resource(kind.name, 'a', spec as Record<string, unknown>))).toEqual([])
        }),
        { numRuns: 25 },
      )
    },
  )

  it('may name objects that no document describes', () => {
    const client = resource('Client', 'portal', through('vault', { tenantRef: { id: 'web' }, displayName: 'Portal' }))
    expect(messages(vault, client)).toEqual([])
  })

  it('may come from a cluster, with the fields that the API server adds', () => {
    const metadata = {
      name: 'web',
      uid: '1',
      resourceVersion: '2',
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [],
    }
    expect(messages(vault, { ...web, metadata, status: { conditions: [] } } as Resource)).toEqual([])
  })

  it('need no origin: messages then name the document alone', () => {
    expect(messages(vault, resource('Tenant', 'web', through('vault', { passkeys: 1 })))).toEqual([
      'Tenant/web /spec/passkeys: expected true or false, found 1',
    ])
  })
})

describe('messages', () => {
  it('never show what stands where a secret belongs', () => {
    const secrets = [
      'hunter2',
      { fromEnv: 'A', fromFile: 'hunter2' },
      { fromEnv: ['hunter2'] },
      { fromSecret: 'hunter2' },
    ]
    for (const clientSecret of secrets) {
      const found = messages(
        vault,
        web,
        resource('Client', 'portal', through('vault', { tenantRef: { name: 'web' }, displayName: 'P', clientSecret })),
      )
      expect(found).toHaveLength(1)
      expect(found.join()).not.toContain('hunter2')
    }
  })

  it('are cut where a document repeats one mistake without end', () => {
    const fields = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`field${i}`, i]))
    const found = messages(vault, resource('Tenant', 'web', through('vault', fields)))
    expect(found).toHaveLength(51)
    expect(found[0]).toBe('Tenant/web: there are more mistakes in this document')
  })

  it('are sorted by file, line and column', () => {
    const text = (name: string) =>
      `apiVersion: ${API_VERSION}\nkind: Tenant\nmetadata: {name: ${name}}\nspec: {b: 1, a: 2}\n`
    const resources = ['b.yaml', 'a.yaml'].flatMap((file) => loadText(file, text(file.charAt(0))).resources)
    expect(validate(resources).map((d) => `${d.file}:${d.line}:${d.column}`)).toEqual([
      'a.yaml:4:1',
      'a.yaml:4:8',
      'a.yaml:4:14',
      'b.yaml:4:1',
      'b.yaml:4:8',
      'b.yaml:4:14',
    ])
  })
})

describe('what is allowed across documents', () => {
  it('one name in two namespaces, each with its own system', () => {
    const at = (n: string) => ({ ...vault, spec: { ...vault.spec, endpoint: `https://${n}.example.com` } })
    const inNamespace = (r: Resource, namespace: string) => ({ ...r, metadata: { ...r.metadata, namespace } })
    const all = ['a', 'b'].flatMap((n) => [inNamespace(at(n), n), inNamespace(web, n)])
    expect(validate(all).filter((d) => d.severity === 'error')).toEqual([])
  })

  it('one client id in two tenants', () => {
    const client = (name: string, tenant: string) =>
      resource('Client', name, through('vault', { tenantRef: { id: tenant }, clientId: 'portal', displayName: 'P' }))
    expect(messages(vault, client('a', 'web'), client('b', 'shop'))).toEqual([])
  })

  it('a rule for all users of Navixy with exceptions for some', () => {
    const assignment = (name: string, who: object) =>
      resource('MfaAssignment', name, through('navixy', { ...who, type: 'Disallowed' }))
    expect(
      messages(
        navixy,
        assignment('all', { allUsers: true }),
        assignment('some', { users: [1, 2] }),
        assignment('others', { users: [3] }),
      ),
    ).toEqual([])
  })

  it('two connections to one endpoint are only warned of', () => {
    const second = { ...vault, metadata: { name: 'second' } }
    expect(validate([vault, second]).map((d) => d.severity)).toEqual(['warning'])
  })

  it('login that is on while one method is enabled, or no method is described', () => {
    const features = resource('CimFeatures', 'features', through('cim', { loginEnabled: true }))
    const method = (name: string, enabled: boolean) =>
      resource('CimLoginMethod', name, through('cim', { type: 'Ldap', displayName: name, enabled }))
    expect(messages(cim, features)).toEqual([])
    expect(messages(cim, features, method('a', false), method('b', true))).toEqual([])
  })

  it('a step-up level that one method still yields', () => {
    const stepUp = resource(
      'CimStepUp',
      's',
      through('cim', { levels: { push: 4, pin: 4 }, actions: { changeEmail: 4 } }),
    )
    const features = resource('CimFeatures', 'f', through('cim', { mobileAuthenticationEnabled: false }))
    expect(messages(cim, stepUp, features)).toEqual([])
  })

  it('what a connection lists, also through the tenant of a document', () => {
    const strict = resource('Connection', 'vault', {
      ...vault.spec,
      allow: { tenants: ['web'], organizations: ['acme'] },
    })
    const acme = resource('Organization', 'acme', through('vault', {}))
    const tenant = resource('Tenant', 'web', through('vault', { organizationRef: { name: 'acme' } }))
    const client = resource('Client', 'portal', through('vault', { tenantRef: { name: 'web' }, displayName: 'P' }))
    expect(messages(strict, acme, tenant, client)).toEqual([])
  })
})

describe('references that go in circles', () => {
  const embedded = (name: string, organization: string) =>
    resource('Connection', name, {
      ...vault.spec,
      endpoint: `https://${name}.example`,
      organizationRef: { name: organization },
    })
  const organization = (name: string, connection: string) => resource('Organization', name, through(connection, {}))

  it('are told once per circle, however long', () => {
    const found = messages(
      embedded('c1', 'o1'),
      organization('o1', 'c2'),
      embedded('c2', 'o2'),
      organization('o2', 'c1'),
    )
    expect(found).toEqual([
      'Connection/c1 /spec: these documents need each other first: Connection/c1 → Organization/o1 → Connection/c2 → Organization/o2 → Connection/c1',
    ])
  })

  it('do not blame those who only refer to the circle', () => {
    const tenant = resource('Tenant', 'web', through('c1', {}))
    expect(messages(tenant, embedded('c1', 'o1'), organization('o1', 'c1'))).toHaveLength(1)
  })

  it('are found in chains too long for recursion', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => [
      embedded(`c${i}`, `o${i}`),
      organization(`o${i}`, `c${i + 1}`),
    ]).flat()
    expect(messages(...chain, embedded('c20000', 'o0'))).toHaveLength(1)
  })
})
