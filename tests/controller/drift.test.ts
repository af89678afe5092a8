import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ControllerWorld } from './world.ts'

describe('drift', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  const drifted = async (name: string, drift: object) => {
    const cluster = await world.namespace()
    await cluster.tenant(name, { pin: { size: 8 }, drift })
    await cluster.ready('Tenant', name)
    await world.changeTenant(name, { pin_size: 5 })
    return cluster
  }
  const pinSize = async (name: string) => (await world.call('GET', `/v1/tenants/${name}`)).body.pin_size

  it('is found at the interval of the object and corrected, and the history says so', async () => {
    const cluster = await drifted('corrected', { interval: '1s' })
    const seen = await cluster.status('Tenant', 'corrected', (s) => s.status.history?.[0]?.action === 'correct')
    expect(seen.status.history?.[0]?.paths).toEqual(['/pin/size'])
    expect(await pinSize('corrected')).toBe(8)
    expect(seen.condition('Drifted')).toMatchObject({ status: 'False', reason: 'InSync' })
  })

  it('is shown field by field and left alone under Report', async () => {
    const cluster = await drifted('reported', { mode: 'Report' })
    const seen = await cluster.reconciled('Tenant', 'reported')
    expect(seen.status.drift).toMatchObject([
      { path: '/pin/size', op: 'replace', from: '5', to: '8', class: 'Reported', impact: 'tightens', severity: 'High' },
    ])
    expect(seen.is('Drifted', 'Reported')).toBe(true)
    expect(seen.condition('Synced')).toMatchObject({ status: 'False', reason: 'Drifted' })
    expect(await pinSize('reported')).toBe(5)
  })

  it('keeps the time when it was first seen, and goes from the status when it ends', async () => {
    const cluster = await drifted('lasting', { mode: 'Report' })
    const first = await cluster.reconciled('Tenant', 'lasting')
    const again = await cluster.reconciled('Tenant', 'lasting')
    expect(again.status.drift?.[0]?.firstSeen).toBe(first.status.drift?.[0]?.firstSeen)
    await world.changeTenant('lasting', { pin_size: 8 })
    const over = await cluster.reconciled('Tenant', 'lasting')
    expect(over.status.drift).toEqual([])
  })

  it('is neither shown nor corrected under Ignore', async () => {
    const cluster = await drifted('ignored', { mode: 'Ignore' })
    const seen = await cluster.reconciled('Tenant', 'ignored')
    expect(seen.is('Drifted')).toBe(false)
    expect(await pinSize('ignored')).toBe(5)
  })

  it('in a field that somebody keeps changing back is left alone after three corrections, and called contested', async () => {
    const cluster = await drifted('contested', {})
    for (const round of [1, 2, 3]) {
      const seen = await cluster.reconciled('Tenant', 'contested')
      expect(seen.status.corrections).toMatchObject([{ path: '/pin/size', count: round }])
      await world.changeTenant('contested', { pin_size: 5 })
    }
    const seen = await cluster.reconciled('Tenant', 'contested')
    expect(seen.is('Drifted', 'Contested')).toBe(true)
    expect(seen.status.drift).toMatchObject([{ path: '/pin/size', class: 'Contested', from: '5', to: '8' }])
    expect(await pinSize('contested')).toBe(5)
  })

  it('in a contested field is fought again once the document is edited', async () => {
    const cluster = await drifted('edited', {})
    for (const _ of [1, 2, 3, 4]) {
      await cluster.reconciled('Tenant', 'edited')
      await world.changeTenant('edited', { pin_size: 5 })
    }
    await cluster.patchSpec('Tenant', 'edited', { pin: { size: 9 } })
    await cluster.status('Tenant', 'edited', (s) => s.status.history?.[0]?.generation === 2)
    expect(await pinSize('edited')).toBe(9)
  })

  it('that made the object vanish is corrected by making it anew', async () => {
    const cluster = await world.namespace()
    await cluster.apply('Organization', 'vanishing', { connectionRef: { name: 'runtime' } })
    await cluster.ready('Organization', 'vanishing')
    expect((await world.call('DELETE', '/v1/organizations/vanishing')).status).toBeLessThan(300)
    const seen = await cluster.reconciled('Organization', 'vanishing')
    expect(seen.status.history?.[0]?.action).toBe('correct')
    expect((await world.call('GET', '/v1/organizations/vanishing')).status).toBe(200)
  })

  it('is told by an event', async () => {
    const cluster = await drifted('told', { mode: 'Report' })
    await cluster.reconciled('Tenant', 'told')
    const event = await world.until('an event tells of it', async () =>
      (await cluster.events('told')).find((e) => e.reason === 'DriftDetected'),
    )
    expect(event).toMatchObject({ type: 'Warning', note: 'differs: /pin/size' })
  })
})
