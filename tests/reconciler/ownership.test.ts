import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import type { Holder } from '../../reconciler/adapter.ts'
import { MemoryBook } from '../support/memory-book.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { actions, connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name = 'acme', spec: Record<string, unknown> = {}) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, displayName: 'Acme', ...spec })
const OBJECT = 'Tenant///acme'
const US = 'inventory:us'
const CLUSTER: Holder = { owner: 'cluster:1', address: 'Tenant/acme', holder: 'default/acme' }
const pruned = { prune: true, allow: new Set(['delete', 'empty'] as const), maxDeleteShare: 1 }

/** A world that speaks as an owner, on a system that keeps a book. */
class OwnedWorld extends World {
  readonly book = new MemoryBook()

  constructor(owner: Partial<NonNullable<World['owner']>> = {}) {
    super(new MemorySystem('SecretsVault', 1))
    this.system.book = this.book
    this.owner = { owner: US, ...owner }
  }

  /** The object is there and somebody holds it. */
  static heldBy(holder: Holder, owner: Partial<NonNullable<World['owner']>> = {}): OwnedWorld {
    const world = new OwnedWorld(owner)
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    world.book.holders.set(OBJECT, holder)
    return world
  }

  get holder(): Holder | undefined {
    return this.book.holders.get(OBJECT)
  }
}

describe('an object that nobody holds', () => {
  it('is held by whoever applies it, under the address of the document', async () => {
    const world = new OwnedWorld()
    await world.apply([vault, tenant()])
    expect(world.holder).toEqual({ owner: US, address: 'Tenant/acme', holder: 'test: Tenant/acme' })
  })

  it('is not held by a plan', async () => {
    const world = new OwnedWorld()
    await world.plan([vault, tenant()])
    expect(world.book.questions).toEqual(['list'])
  })

  it('is neither held nor asked about by who only observes it', async () => {
    const world = new OwnedWorld()
    world.system.objects.set('Tenant/acme', { display_name: 'Acme' })
    await world.apply([vault, tenant('acme', { management: 'Observe' })])
    expect([world.holder, world.book.questions]).toEqual([undefined, []])
  })

  it('is asked about no more once the book has shown that we hold it', async () => {
    const world = new OwnedWorld()
    await world.apply([vault, tenant()])
    world.book.questions.length = 0
    await world.apply([vault, tenant()])
    expect(world.book.questions).toEqual(['list'])
  })

  it('is held although nothing is to be written, when the book has lost it', async () => {
    const world = new OwnedWorld()
    await world.apply([vault, tenant()])
    world.book.holders.clear()
    let before = 0
    const outcomes = await world.apply([vault, tenant()], {}, () => {
      before = world.system.calls.length
    })
    expect([outcomes.map((o) => o.status), world.holder?.owner]).toEqual([['done'], US])
    expect(world.system.calls.slice(before)).toEqual([])
  })

  it('gets our id and address where an older release held it without them', async () => {
    const former = { owner: 'pulumi:dev', holder: 'dev' }
    const world = OwnedWorld.heldBy(former, { aliases: ['pulumi:dev'] })
    await world.apply([vault, tenant()])
    expect(world.holder).toMatchObject({ owner: US, address: 'Tenant/acme' })
  })
})

describe('an object that another owner holds', () => {
  it('is blocked in the plan, which names the owner and the way to take it over', async () => {
    const world = OwnedWorld.heldBy(CLUSTER)
    expect((await world.plan([vault, tenant()])).steps).toMatchObject([
      {
        action: 'blocked',
        changes: [],
        because: 'cluster:1 (default/acme) manages it; to take it over: plumbline apply --take-over cluster:1',
      },
    ])
  })

  it('is seen all the same', async () => {
    const world = OwnedWorld.heldBy(CLUSTER)
    const { snapshot } = await world.look([vault, tenant()])
    expect(snapshot.get('Tenant/acme')?.sight.state).toBe('present')
  })

  it('is not touched by apply', async () => {
    const world = OwnedWorld.heldBy(CLUSTER)
    const [outcome] = await world.apply([vault, tenant()])
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'REFUSED' } })
    expect([world.holder, world.system.writes]).toEqual([CLUSTER, []])
  })

  it('is not touched where it was taken after the plan', async () => {
    const world = new OwnedWorld()
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    const [outcome] = await world.apply([vault, tenant()], {}, () => void world.book.holders.set(OBJECT, CLUSTER))
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { code: 'REFUSED', message: 'cluster:1 (default/acme) manages it' },
    })
    expect(world.system.writes).toEqual([])
  })

  it.each(['cluster:1', 'anybody'])('is taken over from %s when a person says so', async (takeFrom) => {
    const world = OwnedWorld.heldBy(CLUSTER, { takeFrom })
    const [outcome] = await world.apply([vault, tenant()])
    expect([outcome?.status, world.holder?.owner, world.system.writes]).toEqual(['done', US, ['update Tenant/acme']])
  })

  it('stays where it is when another one was named', async () => {
    const world = OwnedWorld.heldBy(CLUSTER, { takeFrom: 'cluster:2' })
    const [outcome] = await world.apply([vault, tenant()])
    expect([outcome?.status, world.holder]).toEqual(['failed', CLUSTER])
  })

  it('may be anybody’s where the document only observes', async () => {
    const world = OwnedWorld.heldBy(CLUSTER)
    const steps = actions(await world.plan([vault, tenant('acme', { management: 'Observe' })]))
    expect(steps).toEqual(['report Tenant/acme'])
  })

  it('is only forgotten when our document goes', async () => {
    const world = new OwnedWorld()
    await world.apply([vault, tenant('acme', { deletionPolicy: 'Delete' })])
    world.book.holders.set(OBJECT, CLUSTER)
    await world.apply([vault], pruned)
    expect([world.holder, world.system.objects.size, world.ledger.entries.size]).toEqual([CLUSTER, 1, 0])
  })
})

describe('an object that another document of ours holds', () => {
  const moved = (claimed: string | undefined) =>
    OwnedWorld.heldBy({ owner: US, address: 'Tenant/old', holder: 'old' }, { claimedAt: () => claimed })

  it('moves to the one that describes it now', async () => {
    const world = moved('Tenant///other')
    const [outcome] = await world.apply([vault, tenant()])
    expect([outcome?.status, world.holder?.address]).toEqual(['done', 'Tenant/acme'])
  })

  it('moves from one that is gone', async () => {
    const world = moved(undefined)
    await world.apply([vault, tenant()])
    expect(world.holder?.address).toBe('Tenant/acme')
  })

  it('stays where that one describes it still', async () => {
    const world = moved(OBJECT)
    const [outcome] = await world.apply([vault, tenant()])
    expect(outcome).toMatchObject({ status: 'failed', error: { message: 'inventory:us (old) manages it' } })
    expect(world.system.writes).toEqual([])
  })

  it('is not deleted by the one that has let it go', async () => {
    const world = new OwnedWorld()
    await world.apply([vault, tenant('acme', { deletionPolicy: 'Delete' })])
    world.book.holders.set(OBJECT, { owner: US, address: 'Tenant/other', holder: 'other' })
    await world.apply([vault], pruned)
    expect(world.system.objects.size).toBe(1)
  })
})

describe('an object whose document goes', () => {
  it.each(['Delete', 'Retain'])('is given up in the book with %s', async (deletionPolicy) => {
    const world = new OwnedWorld()
    await world.apply([vault, tenant('acme', { deletionPolicy })])
    await world.apply([vault], pruned)
    expect(world.book.holders.size).toBe(0)
  })

  it('is given up under the former name of its owner, too', async () => {
    const world = new OwnedWorld({ aliases: ['pulumi:dev'] })
    await world.apply([vault, tenant()])
    world.book.holders.set(OBJECT, { owner: 'pulumi:dev', holder: 'dev' })
    await world.apply([vault], pruned)
    expect(world.book.holders.size).toBe(0)
  })

  it('is not given up for another owner', async () => {
    const world = new OwnedWorld()
    await world.apply([vault, tenant()])
    world.book.holders.set(OBJECT, CLUSTER)
    await world.apply([vault], pruned)
    expect(world.holder).toEqual(CLUSTER)
  })
})

describe('a book that cannot be read', () => {
  const broken = new PlumblineError('FORBIDDEN', 'the book is closed')

  it('leaves it unknown whose the objects are', async () => {
    const world = new OwnedWorld()
    world.book.fault = broken
    expect((await world.plan([vault, tenant()])).steps).toMatchObject([
      { action: 'blocked', code: 'FORBIDDEN', because: expect.stringContaining('the book is closed') },
    ])
  })

  it('fails the step that asks it, and nothing is written', async () => {
    const world = new OwnedWorld()
    const [outcome] = await world.apply([vault, tenant()], {}, () => {
      world.book.fault = broken
    })
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'FORBIDDEN' } })
    expect(world.system.writes).toEqual([])
  })

  it('is asked again while it is busy', async () => {
    const world = new OwnedWorld()
    world.book.fault = new PlumblineError('UNAVAILABLE', 'busy', { retry: 'backoff' })
    expect(actions(await world.plan([vault, tenant()]))).toEqual(['create Tenant/acme'])
    expect(world.book.questions).toEqual(['list', 'list'])
  })

  it('is asked once for all documents', async () => {
    const world = new OwnedWorld()
    const second = document('Tenant', 'second', { connectionRef: { name: 'vault' } })
    await world.plan([vault, tenant(), second])
    expect(world.book.questions).toEqual(['list'])
  })

  it('breaks nothing off that an interrupt ended: the step is skipped', async () => {
    const world = new OwnedWorld()
    const outcomes = await world.apply([vault, tenant()], {}, () => {
      world.book.hold = async () => {
        world.interrupt()
        throw new PlumblineError('UNAVAILABLE', 'the call was broken off')
      }
    })
    expect(outcomes.map((o) => [o.status, o.error?.message])).toEqual([['skipped', 'interrupted']])
  })

  it('says who holds an object also when an interrupt comes meanwhile', async () => {
    const world = new OwnedWorld()
    const outcomes = await world.apply([vault, tenant()], {}, () => {
      world.book.hold = async () => {
        world.interrupt()
        return CLUSTER
      }
    })
    expect(outcomes.map((o) => [o.status, o.error?.message])).toEqual([
      ['failed', 'cluster:1 (default/acme) manages it'],
    ])
  })
})

describe('where no book is kept', () => {
  it('nobody is asked', async () => {
    const world = new World()
    world.owner = { owner: US }
    await world.apply([vault, tenant()])
    expect((await world.apply([vault, tenant()])).map((o) => o.status)).toEqual(['done'])
    expect(world.system.writes).toEqual(['create Tenant/acme'])
  })
})
