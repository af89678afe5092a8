import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

describe('a change in the embedded runtime', () => {
  let world: ControllerWorld
  let cluster: Cluster
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller({ follows: true })
    cluster = await world.namespace()
  })
  afterAll(() => world.stop())

  /** Nobody would look for an hour by itself. */
  const HOUR = { drift: { interval: '1h' } }
  const corrected = (kind: string, name: string) =>
    cluster.status(kind, name, (s) => s.status.history?.[0]?.action === 'correct', 'corrected')

  it('is corrected at once, without waiting for the interval', async () => {
    await cluster.tenant('watched', { pin: { size: 8 }, ...HOUR })
    await cluster.ready('Tenant', 'watched')
    await world.changeTenant('watched', { pin_size: 5 })
    const seen = await corrected('Tenant', 'watched')
    expect(seen.status.history?.[0]?.paths).toEqual(['/pin/size'])
  })

  it('is reported at once where the object says so', async () => {
    await cluster.tenant('reported', { pin: { size: 8 }, drift: { mode: 'Report', interval: '1h' } })
    await cluster.ready('Tenant', 'reported')
    await world.changeTenant('reported', { pin_size: 5 })
    await cluster.status('Tenant', 'reported', (s) => s.is('Drifted', 'Reported'), 'reported')
  })

  it('through the API of a vendor reaches the object of that organization', async () => {
    const hash = { fromSecret: { name: 'navixy', key: 'hash' } }
    await cluster.secret('navixy', { hash: 'an-access-hash' })
    await cluster.apply('Organization', 'dealer', { connectionRef: { name: 'runtime' }, access: { navixy: { hash } } })
    await cluster.apply('Connection', 'navixy', {
      system: 'Navixy',
      endpoint: 'embedded',
      organizationRef: { name: 'dealer' },
      credentials: { hash },
    })
    const connectionRef = { name: 'navixy' }
    await cluster.apply('MfaDefault', 'mfa', { connectionRef, type: 'Allowed', factorTypes: ['Email'], ...HOUR })
    await cluster.ready('MfaDefault', 'mfa')
    const answer = await world.runtime.fetch(
      'http://embedded.invalid/orgs/dealer/navixy/panel/user/mfa/settings/default/update',
      {
        method: 'POST',
        headers: { authorization: 'NVX an-access-hash', 'content-type': 'application/json' },
        body: JSON.stringify({ settings: { type: 'disallowed' } }),
      },
    )
    expect(answer.status).toBe(200)
    await corrected('MfaDefault', 'mfa')
  })

  it('that takes the object away is corrected by making it anew', async () => {
    await cluster.apply('Organization', 'taken', { connectionRef: { name: 'runtime' }, ...HOUR })
    await cluster.ready('Organization', 'taken')
    expect((await world.call('DELETE', '/v1/organizations/taken')).status).toBe(204)
    await corrected('Organization', 'taken')
  })

  it('that is the controller’s own is no news to it', async () => {
    await cluster.tenant('own', HOUR)
    await cluster.ready('Tenant', 'own')
    const reads = (): number => world.requests.filter((r) => r === 'GET /v1/tenants/own').length
    const before = reads()
    // A later foreign change has been acted on, so the earlier own one has been passed over.
    await world.changeTenant('watched', { pin_size: 6 })
    await cluster.status('Tenant', 'watched', (s) => s.status.corrections?.[0]?.count === 2, 'corrected again')
    expect(reads()).toBe(before)
  })
})
