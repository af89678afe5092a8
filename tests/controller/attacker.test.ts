import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { typeOf } from '../../controller/cache.ts'
import { KubeApi, type KubeObject } from '../../controller/kube/api.ts'
import { SECRETS } from '../../controller/sessions.ts'
import { Cluster } from './cluster.ts'
import { ControllerWorld, type Running } from './world.ts'

const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const THOUSAND = 1_000
const FOREVER = new AbortController().signal
const KINDS_OF_VICTIMS = ['Connection', 'Organization', 'Tenant', 'Client', 'ApiKey'] as const

/** A system of the attacker: it takes down what it is sent, and answers nothing. */
class Trap {
  readonly heard: IncomingMessage[] = []
  readonly #server = createServer((asked) => void this.heard.push(asked))

  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

describe('a third namespace, which may write whatever it likes in itself and nothing elsewhere,', () => {
  const trap = new Trap()
  let world: ControllerWorld
  let controller: Running
  let mallory: Cluster
  let api: KubeApi
  let victims: readonly [Cluster, Cluster]
  let before: unknown
  let url: string

  beforeAll(async () => {
    url = await trap.listen()
    world = await ControllerWorld.start()
    const cluster = await world.emptyNamespace()
    api = new KubeApi(await attackerIn(cluster.namespace))
    mallory = new Cluster(api, cluster.namespace)
    controller = world.controller()
    // Its wishes are older than anything of the others.
    await mallory.runtime('guessed')
    for (const name of ['a-web', 'b-web']) await mallory.tenant(name, { displayName: 'stolen' })
    await world.aSecondLater()
    victims = [await victim('a'), await victim('b')]
    before = await everythingOfVictims()
  })
  afterAll(async () => {
    trap.stop()
    await world.stop()
  })

  /** The rights of `edit` in one namespace, as the chart grants them: every kind, no status; and all of its Secrets. */
  async function attackerIn(namespace: string) {
    const config = await world.kube.accountIn(namespace, 'mallory')
    const all = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
    const rules = [
      { apiGroups: ['plumbline.dev'], resources: KINDS_OF_VICTIMS.map((k) => typeOf(k).plural), verbs: all },
      { apiGroups: ['plumbline.dev'], resources: ['referencegrants', 'users', 'groups'], verbs: all },
      { apiGroups: [''], resources: ['secrets'], verbs: all },
    ]
    const subjects = [{ kind: 'ServiceAccount', name: 'mallory', namespace }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'edit' }
    const folder = `${RBAC}/namespaces/${namespace}`
    await world.kube.call('POST', `${folder}/roles`, { body: { metadata: { name: 'edit' }, rules } })
    await world.kube.call('POST', `${folder}/rolebindings`, { body: { metadata: { name: 'edit' }, roleRef, subjects } })
    return config
  }

  /** A team: an organization, a tenant in it, a client and a key whose value is delivered. */
  async function victim(name: string): Promise<Cluster> {
    const cluster = await world.namespace()
    const connectionRef = { name: 'runtime' }
    const tenantRef = { name: `${name}-web` }
    await cluster.apply('Organization', `${name}-org`, { connectionRef })
    await cluster.tenant(`${name}-web`, { organizationRef: { name: `${name}-org` } })
    const client = { connectionRef, tenantRef, displayName: 'App', type: 'Public' }
    await cluster.apply('Client', `${name}-app`, client)
    const key = { connectionRef, tenantRef, displayName: 'ci', scopes: ['users:read'] }
    await cluster.apply('ApiKey', `${name}-key`, { ...key, writeTo: { secret: { name: 'delivered', key: 'value' } } })
    await cluster.ready('Client', `${name}-app`)
    await cluster.ready('ApiKey', `${name}-key`)
    return cluster
  }

  /** Documents, statuses and Secrets of the two as the API server has them, versions included, and what their systems say. */
  async function everythingOfVictims(): Promise<unknown> {
    const types = [...KINDS_OF_VICTIMS.map(typeOf), SECRETS]
    const inCluster = await Promise.all(
      victims.flatMap(({ namespace }) =>
        types.map(async (type) => {
          const { items } = await world.kube.admin.list({ ...type, within: namespace }, { limit: 500, signal: FOREVER })
          return items
        }),
      ),
    )
    const inSystem = await Promise.all(
      ['a', 'b'].flatMap((name) => [
        world.call('GET', `/v1/tenants/${name}-web`),
        world.call('GET', `/v1/organizations/${name}-org`),
        world.call('GET', `/v1/api-keys?tenant_id=${name}-web`),
      ]),
    )
    return { inCluster, inSystem }
  }

  /** Looked at, and got nowhere. */
  const failed = (kind: string, name: string) =>
    mallory.status(kind, name, (s) => s.condition('Ready')?.status === 'False', 'not ready')
  const [there, elsewhere] = [
    (name: string) => ({ name, namespace: victims[0].namespace }),
    (name: string) => ({ name, namespace: victims[1].namespace }),
  ]
  const own = { connectionRef: { name: 'runtime' } }

  /** What it applies, by what it is after. Each is refused, or waits for what never comes. */
  const ATTACKS: Readonly<Record<string, () => readonly (readonly [kind: string, name: string, spec: object])[]>> = {
    'going through a Connection of another namespace': () => [
      ['Tenant', 'through', { connectionRef: there('runtime'), displayName: 'through' }],
      [
        'Tenant',
        'a-web-through',
        { connectionRef: there('runtime'), externalRef: { id: 'a-web' }, displayName: 'mine' },
      ],
      ['Tenant', 'to-nothing', { connectionRef: there('nothing'), displayName: 'does it exist?' }],
    ],
    'living in what belongs to others': () => [
      ['Tenant', 'in-organization', { ...own, organizationRef: there('a-org'), displayName: 'in' }],
      ['Client', 'in-tenant', { ...own, tenantRef: elsewhere('b-web'), displayName: 'in', type: 'Public' }],
      [
        'ApiKey',
        'key-of-tenant',
        {
          ...own,
          tenantRef: there('a-web'),
          displayName: 'in',
          scopes: ['users:read'],
          writeTo: { secret: { name: 'loot', key: 'value' } },
        },
      ],
    ],
    'taking an object over': () => [
      ['Tenant', 'by-id', { ...own, externalRef: { id: 'a-web' }, displayName: 'stolen' }],
      ['Tenant', 'adopted', { ...own, externalRef: { id: 'b-web' }, adoption: 'AdoptOnly', deletionPolicy: 'Retain' }],
      ['Organization', 'a-org', { ...own, deletionPolicy: 'Delete' }],
    ],
    'reading a Secret of another namespace by its address': () => [
      [
        'Connection',
        'traverse',
        {
          system: 'SecretsVault',
          endpoint: url,
          credentials: {
            apiKey: { fromSecret: { name: `../../${victims[0].namespace}/secrets/runtime`, key: 'key' } },
          },
        },
      ],
    ],
    'reading the environment and the files of the controller': () => [
      ['Connection', 'env', { system: 'SecretsVault', endpoint: url, credentials: { apiKey: { fromEnv: 'HOME' } } }],
      [
        'Connection',
        'file',
        {
          system: 'SecretsVault',
          endpoint: url,
          credentials: { apiKey: { fromFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' } },
        },
      ],
    ],
  }

  it.each(Object.keys(ATTACKS))('gets nowhere by %s', async (what) => {
    for (const [kind, name, spec] of ATTACKS[what]?.() ?? []) {
      await mallory.apply(kind, name, spec)
      await failed(kind, name)
    }
    expect(await everythingOfVictims()).toEqual(before)
  })

  it('learns nothing of what is there: the words are the same for what exists and what does not', async () => {
    const words = async (name: string) => (await failed('Tenant', name)).condition('Ready')?.message
    expect((await words('through'))?.replace('runtime', '_')).toBe((await words('to-nothing'))?.replace('nothing', '_'))
  })

  it('may read and write nothing of the others, of their statuses, nor of its own statuses, and no Lease', async () => {
    const { namespace } = victims[0]
    const status = { apiVersion: 'plumbline.dev/v1alpha1', kind: 'Tenant', status: { externalId: 'a-web' } }
    const at = (ns: string): KubeObject => ({ ...status, metadata: { name: 'a-web', namespace: ns } })
    const denied = [
      () => api.get(SECRETS, namespace, 'delivered', FOREVER),
      () => api.get(typeOf('Tenant'), namespace, 'a-web', FOREVER),
      () => api.patch(typeOf('Tenant'), { namespace, name: 'a-web' }, { metadata: { annotations: {} } }, FOREVER),
      () => api.apply(typeOf('Tenant'), at(namespace), { signal: FOREVER, subresource: 'status' }),
      () => api.apply(typeOf('Tenant'), at(mallory.namespace), { signal: FOREVER, subresource: 'status' }),
      () => api.patch(LEASES, { namespace: 'default', name: 'plumbline-controller' }, { spec: {} }, FOREVER),
      () => api.get(SECRETS, 'default', 'plumbline-fingerprint-key', FOREVER),
    ]
    for (const attempt of denied) await expect(attempt()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('changes nothing by annotations, labels and finalizers of its own objects, nor by Secrets that are called like theirs', async () => {
    const annotations = {
      'plumbline.dev/take-over': 'anybody',
      'plumbline.dev/allow-delete': 'true',
      'plumbline.dev/not-created': '1',
      'plumbline.dev/final-action-due': 'true',
    }
    await mallory.annotate('Tenant', 'a-web', annotations)
    await mallory.annotate('Connection', 'runtime', { ...annotations, 'plumbline.dev/paused': 'true' })
    await mallory.secret('delivered', { value: 'mine' }, { labels: { 'plumbline.dev/accepts-delivery': 'true' } })
    await mallory.apply('ReferenceGrant', 'come-in', {
      from: victims.map(({ namespace }) => ({ namespace })),
      to: [{ kind: 'Connection' }, { kind: 'Tenant' }, { kind: 'Organization' }],
    })
    await mallory.annotate('Connection', 'runtime', { 'plumbline.dev/paused': null })
    await mallory.reconciled('Tenant', 'a-web')
    expect(await everythingOfVictims()).toEqual(before)
  })

  it('deletes nothing of theirs by deleting documents that describe the same', async () => {
    for (const [kind, name] of [
      ['Tenant', 'a-web'],
      ['Tenant', 'by-id'],
      ['Organization', 'a-org'],
    ] as const) {
      await mallory.delete(kind, name)
      await mallory.gone(kind, name)
    }
    expect(world.deletions).toEqual([])
    expect(await everythingOfVictims()).toEqual(before)
  })

  it(`slows nobody down by ${THOUSAND} objects behind a system that does not answer, huge ones, and edits without end`, async () => {
    await mallory.runtime('guessed', url, { timeoutSeconds: 600 })
    const names = Array.from({ length: THOUSAND }, (_, i) => `flood-${i}`)
    const huge = { annotations: { note: 'x'.repeat(200_000) } }
    for (let i = 0; i < THOUSAND; i += 50)
      await Promise.all(names.slice(i, i + 50).map((name, n) => mallory.tenant(name, {}, n === 0 ? huge : {})))
    await world.until('its system is asked', () => trap.heard.length > 0)
    let isOver = false
    const edits = (async () => {
      for (let i = 0; !isOver; i++) await mallory.tenant(`flood-${i % 10}`, { displayName: `edit ${i}` })
    })()
    for (const cluster of victims) {
      const name = `fresh-${cluster.namespace}`
      await cluster.tenant(name)
      await cluster.ready('Tenant', name)
      await cluster.tenant(name, { displayName: 'edited' })
      await cluster.status('Tenant', name, (s) => s.is('Synced'))
    }
    isOver = true
    await edits
    // Nothing of the flood is done: whoever is fresh went before all of it.
    expect(await depth()).toBeGreaterThan(THOUSAND - 100)
    expect(controller.logged.filter((line) => line.includes('INTERNAL'))).toEqual([])
  })

  const depth = async (): Promise<number> => {
    const text = await (await fetch(`${await controller.adminUrl}/metrics`)).text()
    return [...text.matchAll(/^workqueue_depth\{.*\} (\d+)$/gm)].reduce((all, m) => all + Number(m[1]), 0)
  }

  it('never hears a credential of anybody else', () => {
    expect(trap.heard.length).toBeGreaterThan(0)
    const [said, { adminKey = '' }] = [JSON.stringify(trap.heard.map(({ headers }) => headers)), world.runtime]
    expect(adminKey.length).toBeGreaterThan(10)
    expect(said).not.toContain(adminKey)
  })
})

const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }
