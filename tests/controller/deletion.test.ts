import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ControllerWorld } from './world.ts'

describe('an object that is deleted', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  const organization = async (name: string, spec: object = {}) => {
    const cluster = await world.namespace()
    await cluster.apply('Organization', name, { connectionRef: { name: 'runtime' }, ...spec })
    await cluster.ready('Organization', name)
    return cluster
  }
  const statusOf = async (name: string) => (await world.call('GET', `/v1/organizations/${name}`)).status

  it('leaves its system untouched by default', async () => {
    const cluster = await organization('retained')
    await cluster.delete('Organization', 'retained')
    await cluster.gone('Organization', 'retained')
    expect(await statusOf('retained')).toBe(200)
  })

  it('is deleted from its system first under Delete', async () => {
    const cluster = await organization('deleted', { deletionPolicy: 'Delete' })
    await cluster.delete('Organization', 'deleted')
    await cluster.gone('Organization', 'deleted')
    expect(await statusOf('deleted')).toBe(404)
  })

  it('follows the policy that stands in it when it goes', async () => {
    const cluster = await organization('changed-mind', { deletionPolicy: 'Delete' })
    await cluster.patchSpec('Organization', 'changed-mind', { deletionPolicy: 'Retain' })
    await cluster.delete('Organization', 'changed-mind')
    await cluster.gone('Organization', 'changed-mind')
    expect(await statusOf('changed-mind')).toBe(200)
  })

  it('waits for those who need it', async () => {
    const cluster = await organization('needed', { deletionPolicy: 'Delete' })
    await cluster.tenant('needing', { organizationRef: { name: 'needed' } })
    await cluster.ready('Tenant', 'needing')
    await cluster.delete('Organization', 'needed')
    await world.until('it says for whom it waits', async () => {
      const message = (await cluster.seen('Organization', 'needed'))?.condition('Synced')?.message
      return message === 'Tenant needing still needs it and has to go first'
    })
    expect(await statusOf('needed')).toBe(200)
  })

  it('waits for those who need it also under Retain, and goes when they have gone', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('kept')
    const tenantRef = { name: 'kept' }
    await cluster.apply('Client', 'app', {
      connectionRef: { name: 'runtime' },
      tenantRef,
      displayName: 'App',
      type: 'Public',
    })
    await cluster.ready('Client', 'app')
    await cluster.delete('Tenant', 'kept')
    await world.until('it says for whom it waits', async () => {
      const message = (await cluster.seen('Tenant', 'kept'))?.condition('Synced')?.message
      return message === 'Client app still needs it and has to go first'
    })
    expect((await cluster.reconciled('Client', 'app')).is('Ready')).toBe(true)
    await cluster.delete('Client', 'app')
    await cluster.gone('Client', 'app')
    await cluster.gone('Tenant', 'kept')
    expect((await world.call('GET', '/v1/tenants/kept')).status).toBe(200)
  })

  it('that was never made leaves at once', async () => {
    const cluster = await world.namespace()
    await cluster.apply('Organization', 'never', { connectionRef: { name: 'nowhere' }, deletionPolicy: 'Delete' })
    await cluster.status('Organization', 'never', (s) => s.condition('Ready')?.status === 'False')
    await cluster.delete('Organization', 'never')
    await cluster.gone('Organization', 'never')
  })

  it('together with its Connection and everything else in the namespace leaves, and a Connection goes last', async () => {
    const cluster = await organization('whole', { deletionPolicy: 'Delete' })
    await cluster.delete('Connection', 'runtime')
    await cluster.delete('Organization', 'whole')
    await cluster.gone('Organization', 'whole')
    await cluster.gone('Connection', 'runtime')
    expect(await statusOf('whole')).toBe(404)
  })

  it('with its namespace leaves its system even when the Secret of its Connection goes first', async () => {
    const cluster = await organization('evicted', { deletionPolicy: 'Delete' })
    await world.kube.call('DELETE', `/api/v1/namespaces/${cluster.namespace}`)
    await cluster.deleteSecret('runtime')
    await cluster.delete('Connection', 'runtime')
    await cluster.delete('Organization', 'evicted')
    await cluster.gone('Connection', 'runtime')
    expect(await statusOf('evicted')).toBe(404)
  })

  it('with its definition leaves its system untouched under Retain', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('undefined')
    await cluster.ready('Tenant', 'undefined')
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tenants.plumbline.dev'
    await world.kube.call('DELETE', path)
    await world.until('the definition has gone', async () => (await world.kube.call('GET', path)).status === 404)
    expect((await world.call('GET', '/v1/tenants/undefined')).status).toBe(200)
  })
})
