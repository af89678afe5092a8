import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

const STACK = 'pulumi:acme/identity/prod'

describe('an object that another door holds already', () => {
  let world: ControllerWorld
  let cluster: Cluster
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
    cluster = await world.namespace()
  })
  afterAll(() => world.stop())

  const held = async (name: string): Promise<void> => {
    const body = { object: `Tenant///${name}`, owner: STACK, holder: `Tenant/${name}` }
    expect((await world.call('POST', '/v1/claims', body)).status).toBe(200)
    await world.call('POST', '/v1/tenants', { tenant_id: name, display_name: 'As the stack wrote it' })
  }
  const release = (name: string) =>
    world.call(
      'DELETE',
      `/v1/claims?object=${encodeURIComponent(`Tenant///${name}`)}&owner=${encodeURIComponent(STACK)}`,
    )
  const watched = (name: string) =>
    cluster.status('Tenant', name, (s) => s.condition('Synced')?.reason === 'OwnedBy', 'only watched')
  const nameOf = async (tenant: string) => (await world.call('GET', `/v1/tenants/${tenant}`)).body.display_name

  it('is only watched: the status says who holds it and what differs, and nothing is written', async () => {
    await held('stacked')
    await cluster.tenant('stacked', { displayName: 'As the cluster wants it' })
    const seen = await watched('stacked')
    expect(seen.condition('Synced')).toMatchObject({
      status: 'False',
      message: `${STACK} (Tenant/stacked) manages it, so it is only watched here`,
    })
    expect(seen.is('Ready')).toBe(true)
    expect(seen.status.drift).toMatchObject([{ path: '/displayName', to: '"As the cluster wants it"' }])
    expect(await nameOf('stacked')).toBe('As the stack wrote it')
  })

  it('is taken over when the other gives it up', async () => {
    await held('handed')
    await cluster.tenant('handed', { displayName: 'As the cluster wants it' })
    await watched('handed')
    await release('handed')
    await cluster.reconciled('Tenant', 'handed')
    await cluster.status('Tenant', 'handed', (s) => s.is('Synced'), 'in sync')
    expect(await nameOf('handed')).toBe('As the cluster wants it')
  })

  it('is taken from the other when an annotation names it, and from nobody else', async () => {
    await held('taken')
    await cluster.tenant('taken', { displayName: 'As the cluster wants it' })
    await watched('taken')
    await cluster.annotate('Tenant', 'taken', { 'plumbline.dev/take-over': 'pulumi:acme/identity/dev' })
    await cluster.reconciled('Tenant', 'taken')
    await watched('taken')
    await cluster.annotate('Tenant', 'taken', { 'plumbline.dev/take-over': STACK })
    await cluster.reconciled('Tenant', 'taken')
    await cluster.status('Tenant', 'taken', (s) => s.is('Synced'), 'in sync')
  })

  it('stays when the document goes, even when that asks for its deletion', async () => {
    const object = 'Organization///spared'
    await world.call('POST', '/v1/claims', { object, owner: STACK, holder: 'Organization/spared' })
    await world.call('POST', '/v1/organizations', { organization_id: 'spared' })
    await cluster.apply('Organization', 'spared', { connectionRef: { name: 'runtime' }, deletionPolicy: 'Delete' })
    await cluster.status('Organization', 'spared', (s) => s.condition('Synced')?.reason === 'OwnedBy')
    await cluster.delete('Organization', 'spared')
    await cluster.gone('Organization', 'spared')
    expect((await world.call('GET', '/v1/organizations/spared')).status).toBe(200)
  })

  it('by the cluster itself is given up when its document only observes, or goes', async () => {
    const holder = async (name: string) => {
      const body = { object: `Tenant///${name}`, owner: 'somebody', holder: 'x' }
      return (await world.call('POST', '/v1/claims', body)).body.owner
    }
    await cluster.tenant('observed')
    await cluster.ready('Tenant', 'observed')
    expect(await holder('observed')).toMatch(/^cluster:[0-9a-f-]{36}\/default\/plumbline-controller$/)
    await cluster.patchSpec('Tenant', 'observed', { management: 'Observe' })
    await world.until('it was given up', async () => (await holder('observed')) === 'somebody')
    await cluster.tenant('removed')
    await cluster.ready('Tenant', 'removed')
    await cluster.delete('Tenant', 'removed')
    await cluster.gone('Tenant', 'removed')
    await world.until('it was given up', async () => (await holder('removed')) === 'somebody')
  })
})
