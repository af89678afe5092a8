import { describe, expect, it } from 'vitest'
import { kindOf } from '../../config/kinds/index.ts'
import type { Entry, Seen } from '../../reconciler/model.ts'
import { recall } from '../../reconciler/recall.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const apiKey = (spec: Record<string, unknown> = {}) =>
  document('ApiKey', 'ci', {
    connectionRef: { name: 'vault' },
    tenantRef: { id: 'acme' },
    displayName: 'CI',
    scopes: ['users:read'],
    writeTo: { file: 'ci.key' },
    ...spec,
  })
const KEY = 'ApiKey/acme/CI'

/** A key that was made and delivered, of which the system tells the fingerprint. */
async function delivered(spec: Record<string, unknown> = {}): Promise<World> {
  const world = new World()
  world.system.fingerprints.set(KEY, 'first')
  await world.apply([vault, apiKey(spec)])
  expect([...world.system.objects.keys()]).toEqual([KEY])
  return world
}

describe('a value that is shown once', () => {
  it('is as it should be while the system tells the fingerprint of before', async () => {
    const world = await delivered()
    expect((await world.plan([vault, apiKey()])).steps).toMatchObject([{ action: 'none' }])
  })

  it('is drift once somebody has had it made anew, and is made again', async () => {
    const world = await delivered()
    world.system.fingerprints.set(KEY, 'second')
    expect((await world.plan([vault, apiKey()])).steps).toMatchObject([
      { action: 'update', drift: true, changes: [{ path: '/writeTo' }], because: 'somebody made a new value for it' },
    ])
    await world.apply([vault, apiKey()])
    expect(world.system.writes.at(-1)).toBe(`update ${KEY}`)
    expect([...world.delivered.values()]).toEqual(['produced-again'])
  })

  it('is nothing to tell of where drift is ignored', async () => {
    const world = await delivered({ drift: { mode: 'Ignore' } })
    world.system.fingerprints.set(KEY, 'second')
    const { steps } = await world.plan([vault, apiKey({ drift: { mode: 'Ignore' } })])
    expect(steps).toMatchObject([{ action: 'none' }])
    expect(steps[0]).not.toHaveProperty('because')
  })

  it('is as it should be where the system tells no fingerprint any more', async () => {
    const world = await delivered()
    world.system.fingerprints.clear()
    expect((await world.plan([vault, apiKey()])).steps).toMatchObject([{ action: 'none' }])
  })

  it('does not count as delivered by the file alone: the object was found, not made', async () => {
    const world = await delivered()
    world.ledger.entries.clear()
    expect((await world.plan([vault, apiKey()])).steps).toMatchObject([
      { action: 'adopt', changes: [{ path: '/writeTo' }] },
    ])
  })

  it('does not count as delivered when the object was made anew', async () => {
    const world = await delivered()
    world.system.idOf = () => 'made anew'
    expect((await world.plan([vault, apiKey()])).steps).toMatchObject([
      { changes: [{ path: '/writeTo' }], because: 'somebody deleted and recreated it' },
    ])
  })
})

describe('an object that was made anew by somebody', () => {
  const tenant = document('Tenant', 'acme', { connectionRef: { name: 'vault' }, displayName: 'Acme' })

  it('is adopted where nothing differs, so that its new id is remembered', async () => {
    const world = new World()
    await world.apply([vault, tenant])
    world.system.idOf = () => 'made anew'
    expect((await world.plan([vault, tenant])).steps).toMatchObject([
      { action: 'adopt', changes: [], because: 'somebody deleted and recreated it' },
    ])
  })

  it('is updated where something differs', async () => {
    const world = new World()
    await world.apply([vault, tenant])
    world.system.idOf = () => 'made anew'
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    expect((await world.plan([vault, tenant])).steps).toMatchObject([
      { action: 'update', because: 'somebody deleted and recreated it' },
    ])
  })

  it('keeps the reason of its step where there is one', async () => {
    const world = new World()
    world.rules = (_kind, merged) => (JSON.stringify(merged).includes('"size":4') ? ['no such pin'] : [])
    await world.apply([vault, tenant])
    world.system.idOf = () => 'made anew'
    const pinned = { ...tenant, spec: { ...tenant.spec, pin: { size: 4 } } }
    const [step] = (await world.plan([vault, pinned])).steps
    expect(step).toMatchObject({ action: 'blocked', because: expect.stringContaining('no such pin') })
  })
})

describe('what counts of memory', () => {
  const kind = kindOf('ApiKey') ?? expect.fail('no kind')
  const entry: Entry = {
    address: 'ApiKey/ci',
    kind: 'ApiKey',
    connection: 'vault',
    key: 'CI',
    id: '1',
    specDigest: 'applied',
    memo: { '/writeTo': { fingerprint: 'first' } },
    deletionPolicy: 'Retain',
    needs: [],
  }
  const seen = (id: string | undefined, fingerprint?: string): Seen => ({
    sight:
      id === undefined
        ? { state: 'absent' }
        : { state: 'present', observed: { id, key: 'CI', spec: {}, ...(fingerprint && { fingerprint }) } },
    fingerprints: {},
    delivered: true,
  })

  it.each([
    ['the same object and value', entry, seen('1', 'first'), { madeAnew: false, valueMadeAnew: false }, true],
    ['the same object', entry, seen('1'), { madeAnew: false, valueMadeAnew: false }, true],
    ['another value', entry, seen('1', 'second'), { madeAnew: false, valueMadeAnew: true }, false],
    ['another object', entry, seen('2', 'second'), { madeAnew: true, valueMadeAnew: false }, false],
    ['nothing', entry, seen(undefined), { madeAnew: false, valueMadeAnew: false }, true],
    ['one that nobody remembers', undefined, seen('1', 'first'), { madeAnew: false, valueMadeAnew: false }, false],
    [
      'one whose create was begun',
      { ...entry, id: undefined, specDigest: undefined } as unknown as Entry,
      seen('1', 'first'),
      { madeAnew: false, valueMadeAnew: false },
      false,
    ],
  ])('when %s is seen', (_, known, sight, made, isDelivered) => {
    const found = recall(known, sight, kind)
    expect(found).toMatchObject(made)
    expect(found.seen.delivered).toBe(isDelivered)
    expect(found.entry?.memo).toEqual(made.madeAnew ? {} : known?.memo)
  })

  it('has no value to compare for a kind that produces none', () => {
    const tenant = kindOf('Tenant') ?? expect.fail('no kind')
    expect(recall(entry, seen('1', 'second'), tenant).valueMadeAnew).toBe(false)
  })
})
