import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS } from '../../../config/kinds/connection.ts'
import type { KillPoint } from '../../e2e/crash/killing-proxy.ts'
import { until } from '../../support/kube.ts'
import type { Seen } from '../cluster.ts'
import { writeLease } from '../lease.ts'
import { type ProxiedRuntime, startProxiedRuntime } from './proxied-runtime.ts'

const KILLS = 12
const NOT_CREATED = 'plumbline.dev/not-created'
const named = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i}`)
const TENANTS = named('tenant', 30)
const KEYS = named('key', 25)
const ORGANIZATIONS = named('organization', 5)
const OBJECTS = [
  ...TENANTS.map((name) => ['Tenant', name] as const),
  ...KEYS.map((name) => ['ApiKey', name] as const),
  ...ORGANIZATIONS.map((name) => ['SecurityConfiguration', name] as const),
]
const PIGELLO_ACCESS = Object.fromEntries(
  CREDENTIALS.Pigello.map((key) => [key, { fromSecret: { name: 'pigello', key } }]),
)

describe('twelve leaders killed one after the other, during the creates of 60 objects', () => {
  let world: ProxiedRuntime
  beforeAll(async () => {
    world = await startProxiedRuntime()
    const { cluster, replicas } = world
    await prepare()
    await replicas.start()
    await replicas.start()
    await cluster.ready('Tenant', 'holder')
    for (const name of ORGANIZATIONS) await cluster.ready('Connection', name)
  })
  afterAll(() => world.stop())

  /** What the 60 need: a tenant for the keys, and organizations with their Pigello. */
  async function prepare(): Promise<void> {
    const { cluster, url } = world
    const connectionRef = { name: 'runtime' }
    await cluster.tenant('holder')
    await cluster.secret('pigello', Object.fromEntries(CREDENTIALS.Pigello.map((key) => [key, `value-of-${key}`])))
    for (const [i, name] of ORGANIZATIONS.entries()) {
      const id = `0b8f7c52-3e63-4e31-9a55-2f8d0b9a1c0${i}`
      await cluster.apply('Organization', name, { connectionRef, id, access: { pigello: PIGELLO_ACCESS } })
      const connection = { system: 'Pigello', endpoint: `${url}/orgs/${name}/pigello`, organizationRef: { name } }
      await cluster.apply('Connection', name, { ...connection, credentials: PIGELLO_ACCESS })
    }
  }

  const specs = {
    Tenant: (name: string) => ({ connectionRef: { name: 'runtime' }, displayName: name }),
    ApiKey: (name: string) => ({
      connectionRef: { name: 'runtime' },
      tenantRef: { name: 'holder' },
      displayName: name,
      scopes: ['users:read'],
      writeTo: { secret: { name, key: 'value' } },
    }),
    SecurityConfiguration: (name: string) => ({ connectionRef: { name }, customers: { hotp: true } }),
  } as const

  /** This write, or the n-th of the next ones, is the last that the leader sends. Its Lease is given back for it, so that nobody waits for its end. */
  const killAt = async (write: KillPoint['write'], when: 'before' | 'after'): Promise<void> => {
    const { kube, proxy, replicas } = world
    const leader = replicas.leaders.at(-1)
    const died = leader && once(leader, 'close')
    proxy.arm({ write, when }, () => leader?.kill('SIGKILL'))
    await died
    const before = replicas.leaders.length
    await writeLease(kube.admin, { holderIdentity: '' })
    await replicas.start()
    await until('the next one leads', async () => replicas.leaders.length > before)
  }

  /** What the system made, by what was asked for. */
  const made = (write: RegExp) => world.proxy.done.filter((d) => write.test(d.write))
  const configurationsOf = (name: string) => made(new RegExp(`^POST /orgs/${name}/pigello/configurations/`))

  /** What a person does about a create of which nobody can tell whether it made something: looks in the system, and says so. */
  const settle = async (name: string, seen: Seen): Promise<void> => {
    if (!seen.is('Stalled', 'OutcomeUnknown') || seen.object.metadata.annotations?.[NOT_CREATED]) return
    const [found] = configurationsOf(name)
    const { generation } = seen.object.metadata
    const { cluster } = world
    if (found)
      await cluster.patchSpec('SecurityConfiguration', name, { externalRef: { id: JSON.parse(found.answer).id } })
    else await cluster.annotate('SecurityConfiguration', name, { [NOT_CREATED]: String(generation) })
  }

  it('all converge; nothing is there twice, nothing is lost', async () => {
    const { cluster, replicas } = world
    await Promise.all(OBJECTS.map(([kind, name]) => cluster.apply(kind, name, specs[kind](name))))
    for (let i = 0; i < KILLS; i++) await killAt(3 + (i % 3), i % 2 === 0 ? 'after' : 'before')
    expect(new Set(replicas.leaders).size).toBe(KILLS + 1)
    for (const [kind, name] of OBJECTS)
      await until(
        `${kind} ${name} is ready`,
        async () => {
          const seen = await cluster.seen(kind, name)
          if (kind === 'SecurityConfiguration' && seen) await settle(name, seen)
          return seen?.isCurrent && seen.is('Ready') && seen.is('Synced')
        },
        60,
      )
    const tenants = made(/^POST \/v1\/tenants$/).map((d) => (JSON.parse(d.body) as { tenant_id: string }).tenant_id)
    expect(tenants.toSorted()).toEqual([...TENANTS, 'holder'].toSorted())
    expect(ORGANIZATIONS.map((name) => configurationsOf(name).length)).toEqual(ORGANIZATIONS.map(() => 1))
    expect(made(/^DELETE (?!\/v1\/claims)/).map((d) => d.write)).toEqual([])
  })

  const regenerate = /^POST \/v1\/api-keys\/[^/]+\/regenerate$/
  const ask = (path: string, key = '') => fetch(`${world.direct}${path}`, { headers: { 'x-api-key': key } })
  const opens = async (name: string): Promise<boolean> => {
    const value = await world.cluster.secretValue(name, 'value')
    return value !== undefined && (await ask('/v1/tenants/holder/users', value)).status === 200
  }
  it('a leader killed between the new value of a key and its delivery leaves none stale', async () => {
    const { cluster } = world
    const before = made(regenerate).length
    const killed = killAt(regenerate, 'after')
    await cluster.deleteSecret('key-0')
    await killed
    expect(made(regenerate).length).toBeGreaterThan(before)
    await until('the value in the Secret opens again', () => opens('key-0'))
    await cluster.ready('ApiKey', 'key-0')
  })

  it('each key is there once, and the value in its Secret opens', async () => {
    const answer = await ask('/v1/api-keys?tenant_id=holder', world.service.createdAdminKey)
    const { api_keys } = (await answer.json()) as { api_keys: readonly { name: string }[] }
    expect(api_keys.map(({ name }) => name).toSorted()).toEqual(KEYS.toSorted())
    for (const name of KEYS) expect(await opens(name), name).toBe(true)
  })
})
