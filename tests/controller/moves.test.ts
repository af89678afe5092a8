import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ControllerWorld } from './world.ts'

const DELETE = { deletionPolicy: 'Delete' }

describe('a document that is renamed or moves', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  const group = { connectionRef: { name: 'runtime' }, tenantRef: { id: 'home' }, ...DELETE }
  const home = async () => {
    const cluster = await world.namespace()
    await world.call('POST', '/v1/tenants', { tenant_id: 'home', display_name: 'Home' })
    return cluster
  }
  const restarted = async (meanwhile: () => Promise<void>): Promise<void> => {
    await Promise.all(world.running.map((r) => r.stop()))
    await meanwhile()
    world.controller()
  }

  it('under a new name keeps its object, its id and what was sent, under Delete as well', async () => {
    const cluster = await home()
    await cluster.apply('Group', 'old', { ...group, displayName: 'Admins' })
    const before = await cluster.ready('Group', 'old')
    await world.aSecondLater()
    await cluster.apply('Group', 'new', { ...group, displayName: 'Admins' })
    await cluster.status('Group', 'new', (s) => s.is('Stalled', 'Conflict'))
    await cluster.delete('Group', 'old')
    await cluster.gone('Group', 'old')
    const after = await cluster.ready('Group', 'new')
    expect(after.status.externalId).toBe(before.status.externalId)
    expect(world.deletions).toEqual([])
  })

  it('is not deleted when the new document came while no controller was at work, whatever the order', async () => {
    const cluster = await home()
    await cluster.apply('Group', 'first', { ...group, displayName: 'Editors' })
    const before = await cluster.ready('Group', 'first')
    await restarted(async () => {
      await cluster.delete('Group', 'first')
      await cluster.apply('Group', 'second', { ...group, displayName: 'EDITORS' })
    })
    await cluster.gone('Group', 'first')
    const after = await cluster.ready('Group', 'second')
    expect(after.status.externalId).toBe(before.status.externalId)
    expect(world.deletions).toEqual([])
  })

  it('into another namespace keeps its object when it arrives before the first one was ended', async () => {
    const [from, to] = [await home(), await world.namespace()]
    await from.apply('Group', 'moved', { ...group, displayName: 'Movers' })
    const before = await from.ready('Group', 'moved')
    await restarted(async () => {
      await from.delete('Group', 'moved')
      await to.apply('Group', 'moved', { ...group, displayName: 'Movers' })
    })
    await from.gone('Group', 'moved')
    const after = await to.ready('Group', 'moved')
    expect(after.status.externalId).toBe(before.status.externalId)
    expect(world.deletions).toEqual([])
  })

  it('is deleted all the same when the other one was never let in', async () => {
    const [from, to] = [await home(), await world.emptyNamespace()]
    await to.runtime('not the key')
    await from.apply('Group', 'ended', { ...group, displayName: 'Ended' })
    const { status } = await from.ready('Group', 'ended')
    await to.apply('Group', 'ended', { ...group, displayName: 'Ended' })
    await to.status('Group', 'ended', (s) => s.is('Stalled', 'Unauthenticated'))
    await from.delete('Group', 'ended')
    await from.gone('Group', 'ended')
    expect(world.deletions.map((d) => d.split('/').at(-1))).toEqual([status.externalId])
  })
})

describe('documents that are deleted by the dozen', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  const NAMES = Array.from({ length: 12 }, (_, i) => `unit-${i}`)
  const many = async (prefix: string) => {
    const cluster = await world.namespace()
    const names = NAMES.map((name) => `${prefix}-${name}`)
    for (const name of names)
      await cluster.apply('Organization', name, { connectionRef: { name: 'runtime' }, ...DELETE })
    for (const name of names) await cluster.ready('Organization', name)
    return { cluster, names }
  }

  it('are held back, each with a condition, until the namespace allows it', async () => {
    const { cluster, names } = await many('held')
    await Promise.all(world.running.map((r) => r.stop()))
    for (const name of names) await cluster.delete('Organization', name)
    world.controller()
    for (const name of names) {
      const isHeld = async () => {
        const stalled = (await cluster.seen('Organization', name))?.condition('Stalled')
        return stalled?.reason === 'Refused' && stalled.message.includes('plumbline.dev/allow-delete=true')
      }
      await world.until(`${name} says why it stays`, isHeld)
    }
    expect(world.deletions).toEqual([])
    await world.annotateNamespace(cluster.namespace, { 'plumbline.dev/allow-delete': 'true' })
    for (const name of names) await cluster.gone('Organization', name)
    expect(world.deletions).toHaveLength(names.length)
  })

  it('one after the other are held back after the first few', async () => {
    const { cluster, names } = await many('single')
    const before = world.deletions.length
    for (const name of names.slice(0, 5)) {
      await cluster.delete('Organization', name)
      await cluster.gone('Organization', name)
    }
    const last = names[5] ?? ''
    await cluster.delete('Organization', last)
    await world.until('the sixth stays', async () =>
      (await cluster.seen('Organization', last))?.is('Stalled', 'Refused'),
    )
    expect(world.deletions.length - before).toBe(5)
    await cluster.annotate('Organization', last, { 'plumbline.dev/allow-delete': 'true' })
    await cluster.gone('Organization', last)
  })

  it('go at once when they are retained', async () => {
    const { cluster, names } = await many('kept')
    for (const name of names) await cluster.patchSpec('Organization', name, { deletionPolicy: 'Retain' })
    for (const name of names) await cluster.delete('Organization', name)
    for (const name of names) await cluster.gone('Organization', name)
    expect((await world.call('GET', `/v1/organizations/${names[0]}`)).status).toBe(200)
  })
})
