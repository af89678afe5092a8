import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRETS } from '../../controller/sessions.ts'
import { ensureTool } from '../../engine/engine.ts'
import { until } from '../support/kube.ts'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

const MANY = 2_000
/** Seconds that so many may take on a busy machine. */
const PATIENCE = 150
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

describe('beside the controllers of Kubernetes itself (kube-controller-manager)', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    await ensureTool('kube-controller-manager')
    world = await ControllerWorld.start()
    await world.kube.startControllerManager()
    world.controller()
  }, 600_000)
  afterAll(() => world.stop())

  const endNamespace = (cluster: Cluster) => world.kube.call('DELETE', `/api/v1/namespaces/${cluster.namespace}`)
  const namespaceIsGone = (cluster: Cluster) =>
    world.until(
      'the namespace has gone',
      async () => (await world.kube.call('GET', `/api/v1/namespaces/${cluster.namespace}`)).status === 404,
    )
  const apiKey = async (cluster: Cluster, name: string, secret: object): Promise<void> => {
    const spec = { connectionRef: { name: 'runtime' }, tenantRef: { name: cluster.namespace }, displayName: name }
    await cluster.apply('ApiKey', name, { ...spec, scopes: ['users:read'], writeTo: { secret } })
    await cluster.ready('ApiKey', name)
  }
  const secretIsGone = (cluster: Cluster, name: string) =>
    world.until(`the Secret ${name} has gone`, async () => (await cluster.find(SECRETS, name)) === undefined)

  it('a namespace that is deleted while a system is down ends when the system is back, though its Secrets went first', async () => {
    const cluster = await world.namespace()
    const connectionRef = { name: 'runtime' }
    await cluster.apply('Organization', 'deleted', { connectionRef, deletionPolicy: 'Delete' })
    await cluster.apply('Organization', 'retained', { connectionRef })
    await cluster.ready('Organization', 'deleted')
    await cluster.ready('Organization', 'retained')
    world.isDown = true
    await endNamespace(cluster)
    await cluster.gone('Organization', 'retained')
    await secretIsGone(cluster, 'runtime')
    await cluster.status('Organization', 'deleted', (s) => s.is('Reconciling', 'Unavailable'))
    world.isDown = false
    await namespaceIsGone(cluster)
    const statusOf = async (name: string) => (await world.call('GET', `/v1/organizations/${name}`)).status
    expect([await statusOf('deleted'), await statusOf('retained')]).toEqual([404, 200])
  })

  it('a produced Secret goes with the last object that fills it, and one that was only written into stays', async () => {
    const cluster = await world.namespace()
    await cluster.tenant(cluster.namespace)
    await cluster.secret('theirs', { other: 'kept' }, { labels: { 'plumbline.dev/accepts-delivery': 'true' } })
    await apiKey(cluster, 'a', { name: 'ours', key: 'a' })
    await apiKey(cluster, 'b', { name: 'ours', key: 'b' })
    await apiKey(cluster, 'guest', { name: 'theirs', key: 'guest' })
    for (const name of ['a', 'guest']) await cluster.delete('ApiKey', name)
    await world.until('one owner is left', async () => (await cluster.owners('ours')).length === 1)
    expect(await cluster.secretValue('ours', 'b')).toBeTruthy()
    await cluster.delete('ApiKey', 'b')
    await secretIsGone(cluster, 'ours')
    expect(await cluster.secretValue('theirs', 'other')).toBe('kept')
  })

  it('definitions that are deleted with all their objects leave the systems untouched, and the same documents find everything again', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('survivor')
    await cluster.ready('Tenant', 'survivor')
    const before = world.deletions.length
    const definitions = ['connections', 'organizations', 'tenants'].map((plural) => `${CRDS}/${plural}.plumbline.dev`)
    const kept = await Promise.all(definitions.map(async (path) => (await world.kube.call('GET', path)).body as Crd))
    await Promise.all(definitions.map((path) => world.kube.call('DELETE', path)))
    const areGone = async () => {
      const answers = await Promise.all(definitions.map((path) => world.kube.call('GET', path)))
      return answers.every(({ status }) => status === 404)
    }
    // The API server takes its time for it.
    await until('the definitions have gone', areGone, 120)

    expect(world.deletions.slice(before)).toEqual([])
    for (const { metadata, ...crd } of kept)
      await world.kube.call('POST', CRDS, { body: { ...crd, status: undefined, metadata: { name: metadata.name } } })
    const again = async () =>
      cluster.runtime(world.runtime.adminKey ?? '').then(
        () => true,
        () => false,
      )
    await world.until('the definitions are back', again)
    await world.until('documents are taken', () =>
      cluster.tenant('survivor').then(
        () => true,
        () => false,
      ),
    )
    const seen = await cluster.ready('Tenant', 'survivor')
    expect(seen.status.history?.at(-1)?.action).toBe('adopt')
  })

  it(`${MANY} objects behind one Connection that is edited are looked at once each, and keep nobody else`, async () => {
    const cluster = await world.namespace()
    const other = await world.namespace()
    const names = Array.from({ length: MANY }, (_, i) => `many-${i}`)
    for (const batch of chunks(names, 50))
      await Promise.all(batch.map((name) => cluster.tenant(name, { management: 'Observe' })))
    const looks = () => world.requests.filter((r) => r.startsWith('GET /v1/tenants/many-'))
    await world.until('each was looked at', () => new Set(looks()).size === MANY, PATIENCE)
    await world.until('nothing is left to do', isIdle, PATIENCE)
    const before = looks().length
    await cluster.patchSpec('Connection', 'runtime', { timeoutSeconds: 77 })
    await other.tenant('beside-many')
    await other.ready('Tenant', 'beside-many')
    expect(looks().length - before).toBeLessThan(MANY)
    await world.until('each was looked at again', () => looks().length - before >= MANY, PATIENCE)
    await world.until('nothing is left to do', isIdle, PATIENCE)
    expect(looks().length - before).toBe(MANY)
  }, 600_000)

  /** Nothing waits for a worker, and none is at work. */
  const isIdle = async (): Promise<boolean> => {
    const [controller] = world.running
    const text = await (await fetch(`${await controller?.adminUrl}/metrics`)).text()
    const sum = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))].reduce((all, m) => all + Number(m[1]), 0)
    return sum('workqueue_depth') + sum('controller_runtime_active_workers') === 0
  }
})

interface Crd {
  readonly metadata: { readonly name: string }
}

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
