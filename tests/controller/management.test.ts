import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PAUSE_ANNOTATION } from '../../controller/pauses.ts'
import { ControllerWorld } from './world.ts'

describe('who decides over an object', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  const existing = async (id: string) => {
    expect((await world.call('POST', '/v1/tenants', { tenant_id: id, pin_size: 6 })).status).toBe(201)
    return world.namespace()
  }
  const pinSize = async (name: string) => (await world.call('GET', `/v1/tenants/${name}`)).body.pin_size

  it('what is there already is adopted, and changed to what the document names', async () => {
    const cluster = await existing('adopted')
    await cluster.tenant('adopted', { pin: { size: 9 } })
    const seen = await cluster.ready('Tenant', 'adopted')
    expect(seen.status.history?.[0]?.action).toBe('adopt')
    expect(await pinSize('adopted')).toBe(9)
  })

  it('what is there already is refused under CreateOnly', async () => {
    const cluster = await existing('foreign')
    await cluster.tenant('foreign', { pin: { size: 9 }, adoption: 'CreateOnly' })
    const seen = await cluster.status('Tenant', 'foreign', (s) => s.is('Stalled', 'Refused'))
    expect(seen.condition('Ready')?.message).toContain('it exists already and adoption is CreateOnly')
    expect(await pinSize('foreign')).toBe(6)
  })

  it('what is not there is not made under AdoptOnly', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('unmade', { adoption: 'AdoptOnly' })
    await cluster.status('Tenant', 'unmade', (s) => s.is('Stalled', 'Refused'))
    expect((await world.call('GET', '/v1/tenants/unmade')).status).toBe(404)
  })

  it('under Observe differences are shown and nothing is written', async () => {
    const cluster = await existing('observed')
    await cluster.tenant('observed', { pin: { size: 9 }, management: 'Observe' })
    const seen = await cluster.ready('Tenant', 'observed')
    expect(seen.status.drift?.map((d) => d.path)).toContain('/pin/size')
    expect(await pinSize('observed')).toBe(6)
  })

  it('under Observe an object that is not there is not Ready', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('unseen', { management: 'Observe' })
    const seen = await cluster.status('Tenant', 'unseen', (s) => s.condition('Ready')?.reason === 'Absent')
    expect(seen.condition('Ready')?.status).toBe('False')
  })

  it('under Observe a look shows what there was when it was asked for, whatever another one has read before', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('home')
    const key = { connectionRef: { name: 'runtime' }, tenantRef: { name: 'home' }, scopes: ['users:read'] }
    const writeTo = { secret: { name: 'beside', key: 'value' } }
    await cluster.apply('ApiKey', 'beside', { ...key, displayName: 'beside', writeTo })
    await cluster.ready('ApiKey', 'beside')
    const made = await world.call('POST', '/v1/api-keys', { tenant_id: 'home', name: 'late', scopes: ['users:read'] })
    expect(made.status).toBe(201)
    await cluster.apply('ApiKey', 'late', { ...key, displayName: 'late', management: 'Observe' })
    await cluster.ready('ApiKey', 'late')
  })

  describe('a pause', () => {
    const isPaused = (reason: string) => async (cluster: Awaited<ReturnType<typeof existing>>, name: string) =>
      world.until(`${name} is paused`, async () => {
        const synced = (await cluster.seen('Tenant', name))?.condition('Synced')
        return synced?.reason === 'Paused' && synced.message.includes(reason)
      })

    it('of one object ends with its annotation', async () => {
      const cluster = await world.namespace()
      await cluster.tenant('paused', {}, { annotations: { [PAUSE_ANNOTATION]: 'true' } })
      await isPaused(PAUSE_ANNOTATION)(cluster, 'paused')
      expect((await world.call('GET', '/v1/tenants/paused')).status).toBe(404)
      await cluster.annotate('Tenant', 'paused', { [PAUSE_ANNOTATION]: null })
      await cluster.ready('Tenant', 'paused')
    })

    it('of a Connection holds for everything behind it, and what was Ready stays Ready', async () => {
      const cluster = await world.namespace()
      await cluster.tenant('before')
      await cluster.ready('Tenant', 'before')
      await cluster.patchSpec('Connection', 'runtime', { management: 'Paused' })
      await isPaused('its Connection is Paused')(cluster, 'before')
      expect((await cluster.seen('Tenant', 'before'))?.is('Ready')).toBe(true)
      await cluster.tenant('during')
      await isPaused('its Connection is Paused')(cluster, 'during')
      await cluster.patchSpec('Connection', 'runtime', { management: 'Full' })
      await cluster.ready('Tenant', 'during')
    })

    it('of a namespace holds for everything in it', async () => {
      const cluster = await world.namespace()
      await world.annotateNamespace(cluster.namespace, { [PAUSE_ANNOTATION]: 'true' })
      await cluster.tenant('in-namespace')
      await isPaused('of the namespace')(cluster, 'in-namespace')
      await world.annotateNamespace(cluster.namespace, { [PAUSE_ANNOTATION]: null })
      await cluster.ready('Tenant', 'in-namespace')
    })

    it("of the controller's own namespace holds for all", async () => {
      const cluster = await world.namespace()
      await world.annotateNamespace('default', { [PAUSE_ANNOTATION]: 'true' })
      await cluster.tenant('held-by-all')
      await isPaused('of the namespace default')(cluster, 'held-by-all')
      await world.annotateNamespace('default', { [PAUSE_ANNOTATION]: null })
      await cluster.ready('Tenant', 'held-by-all')
    })
  })
})
