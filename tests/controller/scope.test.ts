import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KubeApi, type KubeObject, type Sent } from '../../controller/kube/api.ts'
import { Watches } from '../../controller/watches.ts'
import { systemClock } from '../../reconciler/retry.ts'
import type { Cluster } from './cluster.ts'
import { ControllerWorld, type Running } from './world.ts'

const RBAC = '/apis/rbac.authorization.k8s.io/v1'

describe('a controller that sees some namespaces only', () => {
  let world: ControllerWorld
  let seen: Cluster
  let other: Cluster
  let controller: Running
  const refused: Sent[] = []

  /** Gives a role of the manifests in one namespace and nowhere else. */
  const bind = (namespace: string, kind: string): Promise<unknown> =>
    world.kube.call('POST', `${RBAC}/namespaces/${namespace}/rolebindings`, {
      body: {
        metadata: { name: `bound-${kind.toLowerCase()}` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'plumbline-controller' },
        subjects: [{ kind: 'ServiceAccount', name: 'bound', namespace: 'default' }],
      },
    })

  beforeAll(async () => {
    world = await ControllerWorld.start()
    seen = await world.namespace()
    other = await world.namespace()
    const api = new KubeApi(await world.kube.accountIn('default', 'bound'))
    await bind(seen.namespace, 'ClusterRole')
    await bind('default', 'Role')
    controller = world.controller({ api, scope: { namespaces: [seen.namespace] } })
    const onSent = api.onSent
    api.onSent = (sent) => {
      if (sent.code === '403') refused.push(sent)
      onSent(sent)
    }
  })
  afterAll(() => world.stop())

  it('needs no right beyond a RoleBinding in each of them, and one in its own', async () => {
    await seen.tenant('inside')
    await seen.ready('Tenant', 'inside')
    expect(controller.logged.filter((line) => line.includes('FORBIDDEN'))).toEqual([])
    // Whether it may see kube-system is all that it has to find out.
    expect(refused.length).toBeLessThanOrEqual(1)
  })

  it('keeps of a Secret its name and version only: annotations may hold as much as the Secret does', async () => {
    const told: KubeObject[] = []
    const stop = new AbortController()
    const watches = new Watches({
      api: world.kube.admin,
      clock: systemClock,
      signal: stop.signal,
      observer: { secret: (o) => told.push(o), changed: () => {}, gone: () => {}, namespace: () => {} },
      ownNamespace: 'default',
      onFault: () => {},
    })
    await other.secret(
      'annotated',
      { value: 'precious' },
      { annotations: { copy: 'precious' }, labels: { a: 'precious' } },
    )
    const running = watches.run()
    await watches.synced()
    stop.abort()
    await running
    expect(told.map((o) => o.metadata.name)).toContain('annotated')
    for (const { metadata, ...rest } of told) {
      expect(rest).toEqual({})
      expect(Object.keys(metadata).toSorted()).toEqual(['name', 'namespace', 'resourceVersion'])
    }
  })

  it('leaves every other namespace alone', async () => {
    await other.tenant('outside')
    await seen.tenant('after')
    await seen.ready('Tenant', 'after')
    expect((await other.seen('Tenant', 'outside'))?.status.conditions).toBeUndefined()
  })

  it('hears of the pause of a namespace', async () => {
    await world.annotateNamespace(seen.namespace, { 'plumbline.dev/paused': 'true' })
    await seen.status('Tenant', 'inside', (s) => s.condition('Synced')?.reason === 'Paused')
  })
})
