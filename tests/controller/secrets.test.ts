import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EMBEDDED_URL } from '../../identity/embedded.ts'
import { ControllerWorld } from './world.ts'

describe('secrets', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  it('of a Connection are read again when they change', async () => {
    const cluster = await world.namespace()
    await cluster.secret('runtime', { key: 'revoked' })
    await cluster.tenant('restored')
    await cluster.status('Tenant', 'restored', (s) => s.is('Stalled', 'Unauthenticated'), 'refused')
    await cluster.secret('runtime', { key: world.runtime.adminKey ?? '' })
    await cluster.ready('Tenant', 'restored')
  })

  it('in a document are sent again when they change', async () => {
    const cluster = await world.namespace()
    const access = { sailpoint: { clientId: from('sailpoint', 'id'), clientSecret: from('sailpoint', 'secret') } }
    await cluster.secret('sailpoint', { id: 'acme', secret: 'first-secret' })
    await cluster.apply('Organization', 'rotating', { connectionRef: { name: 'runtime' }, access })
    await cluster.ready('Organization', 'rotating')
    await cluster.secret('sailpoint', { id: 'acme', secret: 'second-secret' })
    const seen = await cluster.status('Organization', 'rotating', (s) => (s.status.history?.length ?? 0) > 1)
    expect(seen.status.history?.[0]?.paths).toEqual(['/access/sailpoint/clientSecret'])
    expect(JSON.stringify(seen.object)).not.toMatch(/first-secret|second-secret/)
  })

  it('of which a document names none for a while leave nothing that a later look stumbles over', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('emptied')
    const key = { connectionRef: { name: 'runtime' }, tenantRef: { name: 'emptied' }, displayName: 'key' }
    const writeTo = { secret: { name: 'emptied', key: 'value' } }
    const specs = [{ writeTo }, {}, { writeTo }, {}].map((more) => ({ ...key, scopes: ['users:read'], ...more }))
    for (const spec of specs) {
      await cluster.apply('ApiKey', 'emptied', spec)
      const seen = await cluster.status('ApiKey', 'emptied', (s) => s.is('Synced') || s.is('Stalled'))
      expect(seen.condition('Synced')?.message).toBe('the system is as the document says')
      await cluster.reconciled('ApiKey', 'emptied')
    }
  })

  it('from the environment or a file of the controller are out of reach', async () => {
    const cluster = await world.namespace()
    await cluster.apply('Connection', 'thief', {
      system: 'SecretsVault',
      endpoint: 'embedded',
      credentials: { apiKey: { fromFile: '/etc/passwd' } },
    })
    const seen = await cluster.status('Connection', 'thief', (s) => s.is('Stalled'), 'refused')
    expect(seen.condition('Ready')?.message).toContain('fromFile is not read in a cluster')
  })

  describe('that a system shows once', () => {
    const apiKey = async (tenant: string) => {
      const cluster = await world.namespace()
      await cluster.tenant(tenant)
      const writeTo = { secret: { name: 'delivered', key: 'apiKey' } }
      const spec = { connectionRef: { name: 'runtime' }, tenantRef: { name: tenant }, displayName: 'sync' }
      await cluster.apply('ApiKey', 'sync', { ...spec, scopes: ['users:read'], writeTo })
      await cluster.ready('ApiKey', 'sync')
      return cluster
    }

    it('go into the named Secret, which the object owns', async () => {
      const cluster = await apiKey('deliver')
      const value = await cluster.secretValue('delivered', 'apiKey')
      const answer = await world.callWith(value ?? '', 'GET', '/v1/users?tenant_id=deliver')
      expect(answer.status).not.toBe(401)
      expect(await cluster.owners('delivered')).toMatchObject([{ kind: 'ApiKey', name: 'sync' }])
    })

    it('stand in no object', async () => {
      const cluster = await apiKey('hidden')
      const value = (await cluster.secretValue('delivered', 'apiKey')) ?? ''
      expect(value.length).toBeGreaterThan(10)
      expect(JSON.stringify(await cluster.find('ApiKey', 'sync'))).not.toContain(value)
      expect(JSON.stringify(await cluster.events('sync'))).not.toContain(value)
    })

    const machine = async (tenant: string) => {
      const cluster = await world.namespace()
      await cluster.tenant(tenant)
      const writeTo = { secret: { name: 'delivered', key: 'secret' } }
      const spec = { connectionRef: { name: 'runtime' }, tenantRef: { name: tenant }, displayName: 'Machine', writeTo }
      await cluster.apply('Client', 'machine', spec)
      await cluster.ready('Client', 'machine')
      return cluster
    }
    const tokenStatus = async (tenant: string, client_secret: string | undefined) => {
      const form = { grant_type: 'client_credentials', client_id: 'machine', client_secret: client_secret ?? '' }
      const body = new URLSearchParams(form).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return (await world.runtime.fetch(`${EMBEDDED_URL}/${tenant}/oidc/token`, { method: 'POST', headers, body }))
        .status
    }

    it('of a client is one that Plumbline made, and stands in no object', async () => {
      const cluster = await machine('made')
      const value = await cluster.secretValue('delivered', 'secret')
      expect(await tokenStatus('made', value)).toBe(200)
      expect(JSON.stringify(await cluster.find('Client', 'machine'))).not.toContain(value)
      expect(await cluster.owners('delivered')).toMatchObject([{ kind: 'Client', name: 'machine' }])
    })

    it('of a client is made anew when the Secret is lost, and the old one opens nothing', async () => {
      const cluster = await machine('remade')
      const before = await cluster.secretValue('delivered', 'secret')
      await cluster.deleteSecret('delivered')
      const after = await world.until('a new secret is there', () => cluster.secretValue('delivered', 'secret'))
      expect([await tokenStatus('remade', before), await tokenStatus('remade', after)]).toEqual([401, 200])
    })

    it('are made anew when the Secret is lost', async () => {
      const cluster = await apiKey('lost')
      const before = await cluster.secretValue('delivered', 'apiKey')
      await cluster.deleteSecret('delivered')
      const after = await world.until('a new key is there', () => cluster.secretValue('delivered', 'apiKey'))
      expect(after).not.toBe(before)
    })
  })
})

const from = (name: string, key: string) => ({ fromSecret: { name, key } })
