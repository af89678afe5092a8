import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ControllerWorld } from './world.ts'

const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1'

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[]
  readonly rows: readonly { readonly cells: readonly unknown[] }[]
}

describe('what kubectl shows', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  /** The table that `kubectl get` prints. */
  const read = async (namespace: string, plural: string): Promise<Table> => {
    const path = `/apis/plumbline.dev/v1alpha1/namespaces/${namespace}/${plural}`
    return (await world.kube.call('GET', path, { accept: TABLE })).body as Table
  }
  const columnsOf = async (namespace: string, plural: string) => (await read(namespace, plural)).columnDefinitions
  const tableOf = async (namespace: string, plural: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const table = await read(namespace, plural)
    return table.rows.map(({ cells }) => Object.fromEntries(table.columnDefinitions.map((c, i) => [c.name, cells[i]])))
  }

  it('of an object in order', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('shown')
    await cluster.ready('Tenant', 'shown')
    expect(await tableOf(cluster.namespace, 'tenants')).toMatchObject([
      {
        Name: 'shown',
        Ready: 'True',
        Synced: 'True',
        Drifted: 'False',
        System: 'SecretsVault',
        'External ID': 'shown',
      },
    ])
  })

  it('of an object that has drifted', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('adrift', { pin: { size: 8 }, drift: { mode: 'Report' } })
    await cluster.ready('Tenant', 'adrift')
    await world.changeTenant('adrift', { pin_size: 5 })
    await cluster.reconciled('Tenant', 'adrift')
    expect(await tableOf(cluster.namespace, 'tenants')).toMatchObject([
      { Ready: 'True', Synced: 'False', Drifted: 'True' },
    ])
  })

  it('with -o wide: why it is not in step, and in whose words', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('refused', { adoption: 'AdoptOnly' })
    await cluster.status('Tenant', 'refused', (s) => s.is('Stalled'))
    const [row] = await tableOf(cluster.namespace, 'tenants')
    const { reason, message } = (await cluster.seen('Tenant', 'refused'))?.condition('Synced') ?? {}
    expect([row?.Reason, row?.Message]).toEqual([reason, message])
    expect(message).toBeTruthy()
    expect((await columnsOf(cluster.namespace, 'tenants')).filter((c) => c.priority > 0).map((c) => c.name)).toEqual([
      'Reason',
      'Message',
    ])
  })

  it('of a Connection', async () => {
    const cluster = await world.namespace()
    await cluster.ready('Connection', 'runtime')
    expect(await tableOf(cluster.namespace, 'connections')).toMatchObject([
      { Name: 'runtime', Ready: 'True', System: 'SecretsVault' },
    ])
  })
})
