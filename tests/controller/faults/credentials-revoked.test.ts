import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../cluster.ts'
import { ControllerWorld } from '../world.ts'
import { recoveryTimes } from './recovery.ts'

const names = Array.from({ length: 10 }, (_, i) => `portal-${i}`)

describe('credentials that the system has withdrawn', () => {
  const recovery = recoveryTimes()
  let world: ControllerWorld
  let cluster: Cluster
  let keyId: string
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
    cluster = await world.namespace()
    await cluster.tenant('acme')
    await cluster.ready('Tenant', 'acme')
    const scopes = ['clients:read', 'clients:write']
    const { body } = await world.call('POST', '/v1/api-keys', { name: 'controller', scopes, tenant_id: 'acme' })
    keyId = String(body.key_id)
    await cluster.secret('limited', { key: String(body.api_key) })
    const credentials = { apiKey: { fromSecret: { name: 'limited', key: 'key' } } }
    await cluster.apply('Connection', 'limited', { system: 'SecretsVault', endpoint: 'embedded', credentials })
  })
  afterAll(() => world.stop())

  const portal = (name: string, displayName: string) =>
    cluster.apply('Client', name, {
      connectionRef: { name: 'limited' },
      tenantRef: { name: 'acme' },
      clientId: name,
      displayName,
      type: 'Public',
      drift: { interval: '1s' },
    })
  const all = <T>(work: (name: string) => Promise<T>) => Promise.all(names.map(work))

  /** The system takes the old key no more and shows the new one once. */
  const revoke = async (): Promise<string> => {
    const { body } = await world.call('POST', `/v1/api-keys/${keyId}/regenerate`)
    return String(body.api_key)
  }

  it('stop everything behind the Connection, say so, and start it again once the Secret holds new ones', async () => {
    await all((name) => portal(name, 'Portal'))
    await all((name) => cluster.ready('Client', name))
    const key = await revoke()
    await all((name) => cluster.status('Client', name, (s) => s.is('Stalled', 'Unauthenticated'), 'refused'))
    await all((name) => portal(name, 'Edited meanwhile'))
    await cluster.delete('Client', 'portal-0')
    await cluster.gone('Client', 'portal-0')
    const converged = recovery('credentials revoked (from their return)')
    await cluster.secret('limited', { key })
    const kept = names.filter((name) => name !== 'portal-0')
    await Promise.all(kept.map((name) => cluster.status('Client', name, (s) => s.is('Synced'), 'in step again')))
    converged()
    const creates = world.bodiesOf('POST /v1/clients').map((body) => JSON.parse(body) as { client_id: string })
    expect(creates.map((c) => c.client_id).sort()).toEqual(names)
    expect(world.deletions).toEqual([])
    const { body } = await world.call('GET', '/v1/clients?tenant_id=acme')
    expect(body).toMatchObject({ clients: { length: names.length } })
  })
})
