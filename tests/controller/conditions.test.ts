import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ControllerWorld } from './world.ts'

describe('the conditions of an object', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  const withClient = async (tenant: string) => {
    const cluster = await world.namespace()
    const spec = { connectionRef: { name: 'runtime' }, tenantRef: { name: tenant }, displayName: 'App', type: 'Public' }
    await cluster.apply('Client', 'app', spec)
    await cluster.tenant(tenant)
    await cluster.ready('Client', 'app')
    return cluster
  }

  it('say Ready while it is in the system, also when an edit of it is refused', async () => {
    const cluster = await withClient('edited')
    await cluster.patchSpec('Connection', 'runtime', { allow: { tenants: ['another'] } })
    await cluster.patchSpec('Tenant', 'edited', { displayName: 'Edited' })
    const seen = await cluster.status('Tenant', 'edited', (s) => s.is('Stalled', 'Refused'))
    expect(seen.is('Ready')).toBe(true)
    expect(seen.condition('Synced')?.status).toBe('False')
  })

  it('do not change when what it refers to is edited or paused', async () => {
    const cluster = await withClient('steady')
    const before = (await cluster.ready('Client', 'app')).status.conditions
    await cluster.annotate('Tenant', 'steady', { 'plumbline.dev/paused': 'true' })
    await cluster.status('Tenant', 'steady', (s) => s.condition('Synced')?.reason === 'Paused')
    await cluster.annotate('Tenant', 'steady', { 'plumbline.dev/paused': null })
    await cluster.patchSpec('Tenant', 'steady', { displayName: 'Edited' })
    await cluster.status('Tenant', 'steady', (s) => s.is('Synced'))
    await cluster.reconciled('Client', 'app')
    expect((await cluster.ready('Client', 'app')).status.conditions).toEqual(before)
  })

  it('say nothing of references once these are resolved', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('resolved', { organizationRef: { name: 'late' }, adoption: 'AdoptOnly' })
    await cluster.status('Tenant', 'resolved', (s) => s.condition('Drifted')?.reason === 'UnresolvedReference')
    await cluster.apply('Organization', 'late', { connectionRef: { name: 'runtime' } })
    const seen = await cluster.status('Tenant', 'resolved', (s) => s.is('Stalled'))
    expect(seen.is('ReferencesResolved')).toBe(true)
    expect(seen.condition('Drifted')?.reason).toBe(seen.condition('Stalled')?.reason)
  })

  it('of a Connection say when the system refuses its credentials, and when it takes them again', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('behind')
    await cluster.ready('Tenant', 'behind')
    await cluster.secret('runtime', { key: 'withdrawn' })
    const refused = await cluster.status('Connection', 'runtime', (s) => s.is('Stalled', 'Unauthenticated'))
    expect(refused.condition('Ready')?.status).toBe('False')
    await cluster.secret('runtime', { key: world.runtime.adminKey ?? '' })
    await cluster.ready('Connection', 'runtime')
    await cluster.status('Tenant', 'behind', (s) => s.is('Synced'))
  })

  it('that come in one file of new documents make no warning', async () => {
    const cluster = await withClient('one-file')
    const events = [...(await cluster.events('app')), ...(await cluster.events('one-file'))]
    expect(events.filter((e) => e.type === 'Warning')).toEqual([])
    expect(events.map((e) => e.reason)).toContain('Created')
  })
})
