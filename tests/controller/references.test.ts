import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster, Seen } from './cluster.ts'
import { ControllerWorld } from './world.ts'

describe('an object that refers to another', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  const client = (tenant: string) => ({
    connectionRef: { name: 'runtime' },
    tenantRef: { name: tenant },
    displayName: 'Portal',
    type: 'Public',
  })

  it('waits until the other is there, and goes on by itself', async () => {
    const cluster = await world.namespace()
    await cluster.apply('Client', 'portal', client('late'))
    const isMissing = (seen: Seen): boolean => seen.condition('Ready')?.message === 'Tenant late does not exist'
    const waiting = await cluster.status('Client', 'portal', isMissing)
    expect(waiting.condition('ReferencesResolved')?.status).toBe('False')
    expect(waiting.is('Stalled')).toBe(false)
    await cluster.tenant('late')
    await cluster.ready('Client', 'portal')
  })

  it('waits until the other is ready', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('broken', { organizationRef: { name: 'acme' } })
    await cluster.apply('Client', 'portal', client('broken'))
    await cluster.status('Client', 'portal', (s) => s.condition('Ready')?.message === 'Tenant broken is not ready')
    await cluster.apply('Organization', 'acme', { connectionRef: { name: 'runtime' } })
    await cluster.ready('Client', 'portal')
  })

  it('waits for its Connection, whose Secret comes last', async () => {
    const cluster = await world.namespace()
    await cluster.apply('Connection', 'later', {
      system: 'SecretsVault',
      endpoint: 'embedded',
      credentials: { apiKey: { fromSecret: { name: 'later', key: 'key' } } },
    })
    await cluster.apply('Tenant', 'by-later', { connectionRef: { name: 'later' }, displayName: 'x' })
    await cluster.status('Tenant', 'by-later', (s) => s.condition('Ready')?.message === 'Connection later is not ready')
    await cluster.secret('later', { key: world.runtime.adminKey ?? '' })
    await cluster.ready('Tenant', 'by-later')
  })

  it('is refused where the Connection does not allow its tenant', async () => {
    const cluster = await world.namespace()
    await cluster.patchSpec('Connection', 'runtime', { allow: { tenants: ['allowed'] } })
    await cluster.tenant('allowed')
    await cluster.tenant('forbidden')
    await cluster.ready('Tenant', 'allowed')
    const refused = await cluster.status('Tenant', 'forbidden', (s) => s.is('Stalled', 'Refused'), 'refused')
    expect(refused.condition('Ready')?.message).toContain('tenant forbidden is not allowed')
    expect((await world.call('GET', '/v1/tenants/forbidden')).status).toBe(404)
  })

  it('is refused where an older object describes the same thing, and takes over when that one goes', async () => {
    // Ages are whole seconds; within one the name decides.
    const both = [await world.namespace(), await world.namespace()]
    const [first, second] = both.sort((a, b) => (a.namespace < b.namespace ? -1 : 1)) as [Cluster, Cluster]
    await first.tenant('contended')
    await first.ready('Tenant', 'contended')
    await second.tenant('contended')
    const younger = await second.status('Tenant', 'contended', (s) => s.is('Stalled', 'Conflict'), 'in conflict')
    expect(younger.condition('Ready')?.message).toContain(`Tenant ${first.namespace}/contended is older`)
    await first.delete('Tenant', 'contended')
    await second.ready('Tenant', 'contended')
  })
})
