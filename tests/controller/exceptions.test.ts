import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

const YESTERDAY = new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 10)

describe('a DriftException', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  const pinSize = async (name: string) => (await world.call('GET', `/v1/tenants/${name}`)).body.pin_size

  const except = (cluster: Cluster, name: string, until: string) =>
    cluster.apply('DriftException', 'kiosks', {
      object: { kind: 'Tenant', name },
      fields: ['/pin/size'],
      until,
      owner: 'support',
      reason: 'the kiosks take four digits',
    })

  const excepted = async (name: string): Promise<Cluster> => {
    const cluster = await world.namespace()
    await cluster.tenant(name, { pin: { size: 8 } })
    await cluster.ready('Tenant', name)
    await except(cluster, name, '2099-12-31')
    await cluster.ready('DriftException', 'kiosks')
    await world.changeTenant(name, { pin_size: 5 })
    return cluster
  }

  it('lets drift stand, and the status says until when and why', async () => {
    const cluster = await excepted('standing')
    const seen = await cluster.reconciled('Tenant', 'standing')
    expect(seen.status.drift).toMatchObject([
      { path: '/pin/size', from: '5', to: '8', class: 'Excepted', until: '2099-12-31' },
    ])
    expect(seen.condition('Drifted')).toMatchObject({
      status: 'False',
      reason: 'Excepted',
      message: '/pin/size: left as it is until 2099-12-31: the kiosks take four digits',
    })
    expect(seen.condition('Synced')).toMatchObject({ status: 'True', reason: 'Excepted' })
    expect(await pinSize('standing')).toBe(5)
  })

  it('that goes takes its leave with it: the drift is corrected at once', async () => {
    const cluster = await excepted('ended')
    await cluster.reconciled('Tenant', 'ended')
    await cluster.delete('DriftException', 'kiosks')
    await cluster.status('Tenant', 'ended', (s) => s.condition('Drifted')?.reason === 'InSync')
    expect(await pinSize('ended')).toBe(8)
  })

  it('whose day is over says nothing any more', async () => {
    const cluster = await excepted('expired')
    await cluster.reconciled('Tenant', 'expired')
    await except(cluster, 'expired', YESTERDAY)
    await cluster.status('Tenant', 'expired', (s) => s.condition('Drifted')?.reason === 'InSync')
    expect(await pinSize('expired')).toBe(8)
  })

  it('about nothing is not accepted, until what it names is there', async () => {
    const cluster = await world.namespace()
    await except(cluster, 'coming', '2099-12-31')
    const seen = await cluster.status('DriftException', 'kiosks', (s) => s.condition('Ready')?.status === 'False')
    expect(seen.condition('Ready')?.message).toContain('there is no Tenant/coming')
    await cluster.tenant('coming', { pin: { size: 8 } })
    await cluster.ready('DriftException', 'kiosks')
  })

  it('keeps nothing from being deleted', async () => {
    const cluster = await excepted('deleted')
    await cluster.delete('Tenant', 'deleted')
    await cluster.gone('Tenant', 'deleted')
  })
})
