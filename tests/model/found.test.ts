import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Resource } from '../../config/resource.ts'
import { document } from '../support/world.ts'
import { Owner } from './owner.ts'
import { Services } from './services.ts'

/** Moments that the random lives came upon, each by itself. */
const TENANT = 'north'
let services: Services
beforeAll(async () => {
  services = await Services.open()
})
afterAll(() => services.close())

const credentials = { apiKey: { fromEnv: 'ADMIN_KEY' } }
const connection = (name: string): Resource =>
  document('Connection', name, { system: 'SecretsVault', endpoint: 'https://dev.example', credentials })
const group = (name: string, displayName: string, spec: Record<string, unknown> = {}): Resource =>
  document('Group', name, { connectionRef: { name: 'vault' }, tenantRef: { id: TENANT }, displayName, ...spec })
const vault = connection('vault')

const run = async (owner: Owner, documents: readonly Resource[], prune = false): Promise<readonly string[]> =>
  (await owner.run(documents, { prune })).map(
    (o) => `${o.step.action} ${o.step.address}: ${o.error?.message ?? o.status}`,
  )

describe('a document that gives its object another name', () => {
  it('is blocked in the plan when another object has that name', async () => {
    const owner = new Owner('taken', services)
    await run(owner, [vault, group('one', 'taken: Sales')])
    await services.makeGroup('dev', TENANT, 'taken: Ops', 'by hand')
    const { steps } = await owner.plan([vault, group('one', 'Taken: OPS')])
    expect(steps).toMatchObject([
      { action: 'blocked', because: expect.stringContaining('another object is called Taken: OPS already') },
    ])
  })

  it('gives the former name up, for whoever comes next', async () => {
    const [owner, other] = [new Owner('first', services), new Owner('second', services)]
    await run(owner, [vault, group('one', 'freed: Sales')])
    await run(owner, [vault, group('one', 'freed: Ops')])
    expect(await run(other, [vault, group('two', 'freed: Sales')])).toEqual(['create Group/two: done'])
  })

  it('gives the former name up also after a kill in between', async () => {
    const [owner, other] = [new Owner('killed', services), new Owner('after it', services)]
    const renamed = [vault, group('one', 'killed: Ops')]
    await run(owner, [vault, group('one', 'killed: Sales')])
    for (let killAfter = 1; killAfter < 20; killAfter++) await owner.run(renamed, { killAfter })
    await run(owner, renamed)
    expect(await run(other, [vault, group('two', 'killed: Sales')])).toEqual(['create Group/two: done'])
  })
})

describe('documents that change places', () => {
  it('are moves, though both addresses are in use', async () => {
    const owner = new Owner('swap', services)
    await run(owner, [vault, group('one', 'swap: Sales'), group('two', 'swap: Ops')])
    const swapped = [vault, group('one', 'swap: Ops'), group('two', 'swap: Sales')]
    expect(await run(owner, swapped)).toEqual(['move Group/one: done', 'move Group/two: done'])
    expect((await owner.plan(swapped)).steps.map((s) => s.action)).toEqual(['none', 'none'])
  })
})

describe('a Connection of another name', () => {
  it('is the way to objects whose documents went at the same time', async () => {
    const owner = new Owner('reached', services)
    const before = [
      vault,
      group('gone', 'reached: Sales', { deletionPolicy: 'Delete' }),
      group('stays', 'reached: Ops'),
    ]
    await run(owner, before)
    const connectionRef = { name: 'depot' }
    const ran = await run(owner, [connection('depot'), group('stays', 'reached: Ops', { connectionRef })], true)
    expect(ran).toContain('delete Group/gone: done')
    expect(await services.groups('dev', TENANT, 'reached: Sales')).toEqual([])
  })
})
