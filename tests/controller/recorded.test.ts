import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { typeOf } from '../../controller/cache.ts'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' }
const FOREVER = new AbortController().signal
const AT = '2026-09-01T10:00:00Z'

/** The status of a Tenant as release 0.1.0 wrote it: its memory knows no place, and the owner is the cluster alone. */
const recorded = (namespace: string, name: string) => {
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    observedGeneration: 1,
    lastTransitionTime: AT,
  })
  return {
    observedGeneration: 1,
    system: 'SecretsVault',
    externalId: name,
    conditions: [
      condition('Ready', 'True', 'Reconciled', 'it is in the system'),
      condition('Synced', 'True', 'Reconciled', 'the system is as the document says'),
      condition('Drifted', 'False', 'InSync', 'no difference'),
      condition('ReferencesResolved', 'True', 'Resolved', 'every reference leads to a ready object'),
    ],
    history: [{ at: AT, action: 'create', generation: 1, outcome: 'done', paths: ['/displayName'] }],
    owned: {
      address: `Tenant/${name}`,
      kind: 'Tenant',
      connection: `${namespace}/runtime`,
      key: name,
      id: name,
      memo: {},
      specDigest: 'of the release before',
      deletionPolicy: 'Retain',
      claim: { registry: `${namespace}/runtime`, object: `Tenant///${name}` },
      needs: [],
    },
  }
}

describe('what the controller of release 0.1.0 left in a cluster', () => {
  let world: ControllerWorld
  let cluster: Cluster
  let owner: string
  beforeAll(async () => {
    world = await ControllerWorld.start()
    cluster = await world.namespace()
    const { metadata } = await world.kube.admin.get(NAMESPACES, undefined, 'kube-system', FOREVER)
    owner = `cluster:${metadata.uid}`
  })
  afterAll(() => world.stop())

  const left = async (name: string): Promise<void> => {
    await world.call('POST', '/v1/tenants', { tenant_id: name, display_name: name })
    const holder = `Tenant ${cluster.namespace}/${name}`
    await world.call('POST', '/v1/claims', { object: `Tenant///${name}`, owner, holder })
    await cluster.tenant(name)
    const object = {
      apiVersion: 'plumbline.dev/v1alpha1',
      kind: 'Tenant',
      metadata: { name, namespace: cluster.namespace },
      status: recorded(cluster.namespace, name),
    }
    await world.kube.admin.apply(typeOf('Tenant'), object, { signal: FOREVER, subresource: 'status' })
  }

  it('is its own under the new name of the owner, stays in step, and learns its place', async () => {
    await left('kept')
    world.controller()
    await cluster.ready('Connection', 'runtime')
    await cluster.reconciled('Tenant', 'kept')
    const seen = await cluster.status('Tenant', 'kept', (s) => s.is('Ready') && s.is('Synced'), 'in step')
    expect(seen.status.owned?.place).toMatch(/^instance:/)
    expect(seen.status.history?.at(-1)?.at).toBe(AT)
    expect(world.requests.filter((r) => /^(POST|PUT|DELETE) \/v1\/tenants/.test(r))).toEqual([])
  })

  it('holds its place against a younger object from the start', async () => {
    await Promise.all(world.running.map((r) => r.stop()))
    await left('older')
    const second = Math.floor(Date.now() / 1_000)
    await world.until('the second is over', () => Math.floor(Date.now() / 1_000) > second)
    const other = await world.namespace()
    await other.tenant('older', { displayName: 'younger' })
    world.controller()
    await other.status('Tenant', 'older', (s) => s.is('Stalled', 'Conflict'))
    expect((await world.call('GET', '/v1/tenants/older')).body.display_name).toBe('older')
  })
})
