import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject, KubeResourceType } from '../../controller/kube/api.ts'
import { type ControllerScope, shardOf } from '../../controller/scope.ts'
import { selectorOf } from '../../controller/selector.ts'
import type { Cluster } from './cluster.ts'
import { ControllerWorld, type Running } from './world.ts'

const LEASES: KubeResourceType = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }
const FOREVER = new AbortController().signal
const HALVES: readonly ControllerScope[] = [1, 2].map((index) => ({ shard: { index, count: 2 } }))

describe('two controllers that share the work', () => {
  let world: ControllerWorld
  let shards: readonly Running[]
  beforeAll(async () => {
    world = await ControllerWorld.start()
    await world.allowLeases(...HALVES)
    shards = HALVES.map((scope) => world.controller({ scope }))
  })
  afterAll(() => world.stop())

  /** A namespace whose Connection is in a shard. */
  const namespaceIn = async (index: number): Promise<Cluster> => {
    const cluster = await world.emptyNamespace()
    if (shardOf(cluster.namespace, 2) !== index) return namespaceIn(index)
    await cluster.runtime(world.runtime.adminKey ?? '')
    return cluster
  }
  const makersOf = (tenant: string): readonly string[] =>
    world.sent.filter((s) => s.request === 'POST /v1/tenants' && s.body.includes(`"${tenant}"`)).map((s) => s.by)
  const identities = () => shards.map((s) => s.identity)

  it('act both, each under a Lease of its own', async () => {
    const names = HALVES.map((_, i) => `plumbline-controller-${i + 1}-of-2`)
    const holders = await world.until('both lead', async () => {
      const { items } = await world.kube.admin.list(LEASES, { limit: 10, signal: FOREVER })
      const held = names.map((name) => (items.find((l) => l.metadata.name === name) as Lease | undefined)?.spec)
      return held.every((spec) => spec?.holderIdentity) && held.map((spec) => spec?.holderIdentity)
    })
    expect(holders).toEqual(identities())
  })

  it('work each on the namespaces that fall to it', async () => {
    const clusters = [await namespaceIn(1), await namespaceIn(2)]
    for (const [i, cluster] of clusters.entries()) await cluster.tenant(`half-${i}`)
    for (const [i, cluster] of clusters.entries()) await cluster.ready('Tenant', `half-${i}`)
    expect([makersOf('half-0'), makersOf('half-1')]).toEqual(identities().map((identity) => [identity]))
  })

  it('leave all that goes through one Connection to one of them, wherever it stands', async () => {
    const [platform, team] = [await namespaceIn(1), await namespaceIn(2)]
    const from = [{ namespace: team.namespace, kind: 'Tenant' }]
    await platform.apply('ReferenceGrant', 'team', { from, to: [{ kind: 'Connection', name: 'runtime' }] })
    await team.tenant('through', { connectionRef: { name: 'runtime', namespace: platform.namespace } })
    await team.ready('Tenant', 'through')
    expect(makersOf('through')).toEqual([shards[0]?.identity])
  })

  it('know what the other one holds: the older of two documents of one object keeps it', async () => {
    const [older, younger] = [await namespaceIn(1), await namespaceIn(2)]
    await older.tenant('contested', { displayName: 'older' })
    await older.ready('Tenant', 'contested')
    await world.aSecondLater()
    await younger.tenant('contested', { displayName: 'younger' })
    await younger.status('Tenant', 'contested', (s) => s.is('Stalled', 'Conflict'))
    expect((await world.call('GET', '/v1/tenants/contested')).body.display_name).toBe('older')
    await older.delete('Tenant', 'contested')
    await younger.ready('Tenant', 'contested')
  })

  it('go on with their own part while the other one is gone, whose part waits for its successor', async () => {
    const [first, second] = [await namespaceIn(1), await namespaceIn(2)]
    await shards[0]?.stop()
    await first.tenant('waiting')
    await second.tenant('going-on')
    await second.ready('Tenant', 'going-on')
    expect(makersOf('waiting')).toEqual([])
    world.controller({ scope: HALVES[0] ?? {} })
    await first.ready('Tenant', 'waiting')
  })

  it('make nothing twice while the number of shards changes and two work on one object for a moment', async () => {
    const cluster = await namespaceIn(2)
    await cluster.tenant('resharded')
    await cluster.ready('Tenant', 'resharded')
    const whole = world.controller()
    const names = Array.from({ length: 20 }, (_, i) => `key-${i}`)
    const key = { connectionRef: { name: 'runtime' }, tenantRef: { name: 'resharded' }, scopes: ['users:read'] }
    await Promise.all(
      names.map((name) =>
        cluster.apply('ApiKey', name, { ...key, displayName: name, writeTo: { secret: { name, key: 'value' } } }),
      ),
    )
    for (const name of names) await cluster.ready('ApiKey', name)
    expect(await world.apiKeysOf('resharded')).toEqual(names.toSorted())
    await whole.stop()
  })
})

interface Lease extends KubeObject {
  readonly spec: { readonly holderIdentity?: string }
}

describe('two controllers that share the work by labels', () => {
  const KEY = 'sharding.example.com/key'
  let world: ControllerWorld
  const scopes: readonly ControllerScope[] = [`!${KEY}`, `${KEY}=one`].map((text) => ({ selector: selectorOf(text) }))
  beforeAll(async () => {
    world = await ControllerWorld.start()
    await world.allowLeases(...scopes)
  })
  afterAll(() => world.stop())

  it('take each what its selector says, and hand an object over with its label', async () => {
    const [rest, labelled] = scopes.map((scope) => world.controller({ scope }))
    const cluster = await world.namespace()
    await cluster.tenant('plain')
    await cluster.tenant('marked', {}, { labels: { [KEY]: 'one' } })
    await cluster.ready('Tenant', 'plain')
    await cluster.ready('Tenant', 'marked')
    const creates = world.sent.filter((s) => s.request === 'POST /v1/tenants').map((s) => s.by)
    expect(creates.toSorted()).toEqual([rest?.identity, labelled?.identity].toSorted())
    await labelled?.stop()
    await cluster.tenant('marked', { displayName: 'handed over' })
    await world.until(
      'it is handed over',
      async () => (await world.call('GET', '/v1/tenants/marked')).body.display_name === 'handed over',
    )
  })

  it.each<[string, readonly string[]]>([
    ['a', ['a', 'both']],
    ['!a', ['none', 'b']],
    ['a=1', ['a']],
    ['a!=1', ['none', 'b', 'both']],
    ['a in (1, 2), b', ['both']],
    ['b notin (2)', ['none', 'a', 'both']],
  ])('%s', (text, wanted) => {
    const labels = { none: {}, a: { a: '1' }, b: { b: '2' }, both: { a: '2', b: '3' } }
    const found = Object.entries(labels).filter(([, l]) => selectorOf(text).matches(l))
    expect(found.map(([name]) => name)).toEqual(wanted)
  })

  it.each(['', 'a b', 'a=b=c', 'a in b', 'a in (1'])('"%s" is no selector', (text) => {
    expect(() => selectorOf(text)).toThrow('is no label selector')
  })
})
