import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import type { Entry } from '../../reconciler/model.ts'
import type { Context } from '../../reconciler/observe.ts'
import type { Ownership } from '../../reconciler/ownership.ts'
import { entryTarget, giveUp, release } from '../../reconciler/removal.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (deletionPolicy: string) =>
  document('Tenant', 'acme', { connectionRef: { name: 'vault' }, displayName: 'Acme', deletionPolicy })

/** An applied tenant, and what ends its management. */
async function applied(deletionPolicy: string) {
  const world = new World()
  await world.apply([vault, tenant(deletionPolicy)])
  const { context } = await world.look([vault])
  const entry = () => world.ledger.entries.get('Tenant/acme') ?? expect.fail('nothing is owned')
  const before = world.system.calls.length
  return {
    world,
    entry,
    end: (known: Entry, more: Partial<Context> = {}) => release(known, { ...context, ...more }, world.ledger),
    calls: () => world.system.calls.slice(before),
  }
}

/** A book that says whether an object may be ended, and hears what is given up. */
function book(mayEnd: boolean) {
  const released: string[] = []
  const ownership = {
    mayEnd: async () => mayEnd,
    release: async (entry: Entry) => void released.push(entry.address),
  } as unknown as Ownership
  return { ownership, released }
}

describe('the end of the management of an object', () => {
  it('deletes it with Delete, and forgets it after that', async () => {
    const { world, entry, end, calls } = await applied('Delete')
    await end(entry())
    expect(calls()).toEqual(['observe Tenant/acme', 'delete Tenant/acme'])
    expect(world.ledger.entries.size).toBe(0)
  })

  it('keeps what is remembered while the system refuses the deletion', async () => {
    const { world, entry, end } = await applied('Delete')
    world.system.faults.push({ call: /delete/, error: new PlumblineError('FORBIDDEN', 'no') })
    await expect(end(entry())).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(world.ledger.entries.size).toBe(1)
  })

  it('leaves it with Retain: the system is not even asked', async () => {
    const { world, entry, end, calls } = await applied('Retain')
    await end(entry())
    expect([calls(), world.ledger.entries.size]).toEqual([[], 0])
  })

  it('is done where it is gone already', async () => {
    const { world, entry, end, calls } = await applied('Delete')
    world.system.objects.clear()
    await end(entry())
    expect([calls(), world.ledger.entries.size]).toEqual([['observe Tenant/acme'], 0])
  })

  it('only forgets what a present document describes', async () => {
    const { world, entry, end, calls } = await applied('Delete')
    const { ownership, released } = book(true)
    await end(entry(), { speaker: async () => 'Tenant/other', ownership })
    expect([calls(), released, world.ledger.entries.size]).toEqual([[], [], 0])
  })

  it('deletes what no present document describes', async () => {
    const { entry, end, calls } = await applied('Delete')
    await end(entry(), { speaker: async () => undefined })
    expect(calls()).toContain('delete Tenant/acme')
  })

  it('only forgets what the book says somebody else holds', async () => {
    const { world, entry, end, calls } = await applied('Delete')
    const { ownership, released } = book(false)
    await end(entry(), { ownership })
    expect([calls(), released, world.ledger.entries.size]).toEqual([[], [], 0])
  })

  it('only forgets what was held by somebody else when it was looked at last', async () => {
    const { world, entry, end, calls } = await applied('Delete')
    const { ownership, released } = book(true)
    await end({ ...entry(), heldBy: 'a cluster' }, { ownership })
    expect([calls(), released, world.ledger.entries.size]).toEqual([[], [], 0])
  })

  it('gives up in the book what it has deleted', async () => {
    const { entry, end, calls } = await applied('Delete')
    const { ownership, released } = book(true)
    await end(entry(), { ownership })
    expect([calls(), released]).toEqual([['observe Tenant/acme', 'delete Tenant/acme'], ['Tenant/acme']])
  })

  it('gives up in the book what it retains, also when the book cannot be asked', async () => {
    const { world, entry, end } = await applied('Retain')
    const { ownership, released } = book(true)
    await giveUp(entry(), { ...(await world.look([vault])).context, ownership })
    expect(released).toEqual(['Tenant/acme'])
    const deaf = { release: async () => Promise.reject(new Error('no')) } as unknown as Ownership
    await end(entry(), { ownership: deaf })
    expect(world.ledger.entries.size).toBe(0)
  })

  it('is refused where the Connection leads to another place by now', async () => {
    const { world, entry, end, calls } = await applied('Delete')
    await expect(end({ ...entry(), place: 'https://before.example' })).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'Tenant/acme was seen in https://before.example, and the Connection vault leads elsewhere now',
      help: expect.stringContaining('Point a Connection at that place again'),
    })
    expect([calls(), world.ledger.entries.size]).toEqual([[], 1])
  })

  it('goes on where an older release did not record the place', async () => {
    const { entry, end, calls } = await applied('Delete')
    const { place: _, ...old } = entry()
    await end(old)
    expect(calls()).toContain('delete Tenant/acme')
  })

  it('is tried again while the system is busy', async () => {
    const { world, entry, end, calls } = await applied('Delete')
    const busy = new PlumblineError('UNAVAILABLE', 'busy', { retry: 'backoff' })
    world.system.faults.push({ call: /observe/, error: busy }, { call: /delete/, error: busy })
    await end(entry())
    expect(calls()).toEqual(['observe Tenant/acme', 'observe Tenant/acme', 'delete Tenant/acme', 'delete Tenant/acme'])
  })
})

describe('the target of what is remembered', () => {
  const entry: Entry = {
    address: 'Client/portal',
    kind: 'Client',
    connection: 'vault',
    key: 'portal',
    memo: {},
    deletionPolicy: 'Delete',
    needs: [],
  }

  it('is all that is known of it', () => {
    const { kind, ...target } = entryTarget({ ...entry, tenant: 'acme', id: '7', owned: ['/a'] })
    expect([kind.name, target]).toEqual([
      'Client',
      { address: 'Client/portal', key: 'portal', tenant: 'acme', id: '7', owned: ['/a'] },
    ])
  })

  it('has nothing that is not known', () => {
    expect(Object.keys(entryTarget(entry)).toSorted()).toEqual(['address', 'key', 'kind'])
  })

  it('is refused for a kind of another version', () => {
    expect(() => entryTarget({ ...entry, kind: 'Gone' })).toThrow(
      expect.objectContaining({ code: 'INVALID_DOCUMENT', message: 'Gone is not a kind of this version' }),
    )
  })
})
