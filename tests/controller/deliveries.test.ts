import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRETS } from '../../controller/sessions.ts'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

const INVITED = { labels: { 'plumbline.dev/accepts-delivery': 'true' } }

describe('a value that goes into a Secret', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  const apiKey = async (cluster: Cluster, name: string, secret: object, tenant = cluster.namespace): Promise<void> => {
    await cluster.tenant(tenant)
    const spec = { connectionRef: { name: 'runtime' }, tenantRef: { name: tenant }, displayName: name }
    await cluster.apply('ApiKey', name, { ...spec, scopes: ['users:read'], writeTo: { secret } })
  }
  const refused = (cluster: Cluster, name: string) => cluster.status('ApiKey', name, (s) => s.is('Stalled', 'Refused'))

  it('is refused where somebody else made the Secret: its value and its owners stay, and no key is made', async () => {
    const cluster = await world.namespace()
    await cluster.secret('db', { password: 'precious' })
    const before = await cluster.find(SECRETS, 'db')
    await apiKey(cluster, 'thief', { name: 'db', key: 'password' })
    const { message } = (await refused(cluster, 'thief')).condition('Ready') ?? {}
    expect(message).toContain('password of the Secret db was written by person')
    expect(message).toContain('plumbline.dev/accepts-delivery=true')
    expect(await cluster.find(SECRETS, 'db')).toEqual(before)
    expect(await world.apiKeysOf(cluster.namespace)).toEqual([])
  })

  it('is refused beside what somebody else keeps there, too', async () => {
    const cluster = await world.namespace()
    await cluster.secret('db', { password: 'precious' })
    await apiKey(cluster, 'lodger', { name: 'db', key: 'another' })
    expect((await refused(cluster, 'lodger')).condition('Ready')?.message).toContain('did not make the Secret db')
    expect(await cluster.secretValue('db', 'another')).toBeUndefined()
  })

  it('is written where a label invites it, and the Secret stays theirs', async () => {
    const cluster = await world.namespace()
    await cluster.secret('db', { password: 'precious', user: 'kept' }, INVITED)
    await apiKey(cluster, 'guest', { name: 'db', key: 'apiKey' })
    await cluster.ready('ApiKey', 'guest')
    expect(await cluster.secretValue('db', 'apiKey')).toBeTruthy()
    expect(await cluster.secretValue('db', 'password')).toBe('precious')
    expect(await cluster.owners('db')).toEqual([])
  })

  it('goes on by itself once the label is there', async () => {
    const cluster = await world.namespace()
    await cluster.secret('db', { password: 'old' })
    await apiKey(cluster, 'later', { name: 'db', key: 'password' })
    await refused(cluster, 'later')
    await cluster.secret('db', { password: 'old' }, INVITED)
    await cluster.ready('ApiKey', 'later')
  })

  it('is told when somebody writes over it', async () => {
    const cluster = await world.namespace()
    await apiKey(cluster, 'edited', { name: 'delivered', key: 'apiKey' })
    await cluster.ready('ApiKey', 'edited')
    await cluster.secret('delivered', { apiKey: 'something else' })
    expect((await refused(cluster, 'edited')).condition('Stalled')?.message).toContain('was written by person')
  })

  it('shares its Secret with others, but not its key: the older object holds it', async () => {
    const cluster = await world.namespace()
    await apiKey(cluster, 'a', { name: 'both', key: 'a' })
    await cluster.ready('ApiKey', 'a')
    await apiKey(cluster, 'b', { name: 'both', key: 'b' })
    await cluster.ready('ApiKey', 'b')
    const value = await cluster.secretValue('both', 'a')
    await apiKey(cluster, 'c', { name: 'both', key: 'a' })
    const seen = await cluster.status('ApiKey', 'c', (s) => s.is('Stalled', 'Conflict'))
    expect(seen.condition('Ready')?.message).toContain('a of the Secret both')
    expect(await cluster.secretValue('both', 'a')).toBe(value)
    expect(await cluster.owners('both')).toMatchObject([{ name: 'a' }, { name: 'b' }])
  })

  it('that a release before the label wrote over somebody else leaves the Secret when its object goes', async () => {
    const cluster = await world.namespace()
    await cluster.secret('db', { password: 'precious', user: 'theirs' })
    await apiKey(cluster, 'old', { name: 'elsewhere', key: 'key' })
    const { object } = await cluster.ready('ApiKey', 'old')
    await cluster.overwrite('db', { password: 'by the old release' }, object)
    await cluster.patchSpec('ApiKey', 'old', { writeTo: { secret: { name: 'db', key: 'password' } } })
    await cluster.ready('ApiKey', 'old')
    await cluster.delete('ApiKey', 'old')
    await cluster.gone('ApiKey', 'old')
    expect(await cluster.owners('db')).toEqual([])
    expect(await cluster.secretValue('db', 'password')).toBe('by the old release')
  })
})
