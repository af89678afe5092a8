import { describe, expect, it } from 'vitest'
import type { ClaimBook, Holder } from '../../reconciler/adapter.ts'
import { type Books, Ownership, type OwnershipOptions } from '../../reconciler/ownership.ts'
import { entry } from '../support/matching.ts'
import { MemoryBook } from '../support/memory-book.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { connection, document, VirtualClock, World } from '../support/world.ts'

const US = 'inventory:us'
const claim = { registry: 'vault', object: 'Tenant///acme' }
const subject = { address: 'Tenant/acme', claim }
const CLUSTER: Holder = { owner: 'cluster:1', address: 'Tenant/acme', holder: 'default/acme' }

/** An owner over one book; `undefined`: the system keeps none. */
function ownerOver(book: ClaimBook | undefined, more: Partial<OwnershipOptions> = {}): Ownership {
  const connections = {
    connection: async () => ({ session: { claims: book }, clock: new VirtualClock() }),
  } as unknown as OwnershipOptions['connections']
  const { signal } = new AbortController()
  return new Ownership({ connections, owner: US, holderOf: (address) => `test: ${address}`, signal, ...more })
}

function bookWith(holder: Holder): MemoryBook {
  const book = new MemoryBook()
  book.holders.set(claim.object, holder)
  return book
}

describe('an object that no book could be about', () => {
  it('is asked about nowhere: one of a vendor without an organization of ours', async () => {
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    world.owner = { owner: US }
    world.system.book = new MemoryBook()
    const cim = connection('cim', 'OneWelcomeCim')
    const spec = { connectionRef: { name: 'cim' }, type: 'EmailOtp', displayName: 'Code', deletionPolicy: 'Delete' }
    const pruned = { prune: true, allow: new Set(['delete', 'empty'] as const), maxDeleteShare: 1 }
    const first = await world.apply([cim, document('CimLoginMethod', 'code', spec)])
    const second = await world.apply([cim, document('CimLoginMethod', 'code', spec)])
    const last = await world.apply([cim], pruned)
    expect([...first, ...second, ...last].map((o) => o.status)).not.toContain('failed')
    expect([world.system.book.questions, world.system.objects.size]).toEqual([[], 0])
  })

  it('is nobody else’s, and settled', async () => {
    const owner = ownerOver(new MemoryBook())
    const unclaimed = { address: 'Tenant/acme' }
    expect(await owner.holderBesideUs(unclaimed)).toBeUndefined()
    expect((await owner.heldByOthers([unclaimed])).size).toBe(0)
    expect(owner.isSettled(unclaimed)).toBe(true)
    await owner.release(entry('Tenant', 'acme'))
  })
})

describe('a system that keeps no book', () => {
  it('leaves every object to whoever applies it', async () => {
    const owner = ownerOver(undefined)
    expect(await owner.holderBesideUs(subject)).toBeUndefined()
    expect(await owner.mayEnd(entry('Tenant', 'acme', { claim }))).toBe(true)
    expect(owner.isSettled(subject)).toBe(false)
    expect((await owner.heldByOthers([subject])).size).toBe(0)
    expect(owner.isSettled(subject)).toBe(true)
  })
})

describe('an object whose holder need not be asked for again', () => {
  const settled = async (holder: Holder, more: Partial<OwnershipOptions> = {}): Promise<boolean> => {
    const owner = ownerOver(bookWith(holder), more)
    await owner.heldByOthers([subject])
    return owner.isSettled(subject)
  }

  it.each([
    ['us, under this address', { owner: US, address: 'Tenant/acme', holder: '' }, true],
    ['us, under no address', { owner: US, holder: '' }, false],
    ['us, under another address', { owner: US, address: 'Tenant/old', holder: '' }, false],
    ['us under a former name', { owner: 'pulumi:dev', address: 'Tenant/acme', holder: '' }, false],
    ['nobody', { owner: '', holder: '' }, false],
    ['another owner', CLUSTER, false],
  ])('is one that is held by %s', async (_, holder, expected) =>
    expect(await settled(holder, { aliases: ['pulumi:dev'] })).toBe(expected),
  )
})

describe('who holds an object', () => {
  it('is nobody where the book has no name', async () => {
    const found = await ownerOver(bookWith({ owner: '', holder: '' })).heldByOthers([subject])
    expect(found.size).toBe(0)
  })

  it('is read once from a book that was read before', async () => {
    const book = bookWith(CLUSTER)
    const books: Books = new Map()
    const owner = ownerOver(book)
    const first = await owner.heldByOthers([subject], books)
    const second = await ownerOver(book).heldByOthers([subject], books)
    expect([first, second]).toEqual([new Map([['Tenant/acme', CLUSTER]]), first])
    expect(book.questions).toEqual(['list'])
  })

  it('is us where the book names no document', async () => {
    const older: ClaimBook = {
      hold: async () => ({ owner: US, holder: 'dev' }),
      release: async () => {},
      list: async () => new Map(),
    }
    expect(await ownerOver(older).mayEnd(entry('Tenant', 'acme', { claim }))).toBe(true)
    expect(await ownerOver(older).holderBesideUs(subject)).toBeUndefined()
  })

  it('is us under the address that an entry had before it was set apart', async () => {
    const owner = ownerOver(bookWith({ owner: US, address: 'Tenant/acme', holder: 'dev' }))
    expect(await owner.mayEnd(entry('Tenant', 'acme', { claim, address: 'Tenant/acme@0a1b2c3d' }))).toBe(true)
  })

  it('is another document of ours where nobody knows whether that still describes it', async () => {
    const book = bookWith({ owner: US, address: 'Tenant/old', holder: 'old' })
    expect(await ownerOver(book).holderBesideUs(subject)).toBeUndefined()
    expect(book.holders.get(claim.object)?.address).toBe('Tenant/acme')
  })
})

describe('an object that changes hands while it is asked for', () => {
  /** A book that answers each question with the next holder. */
  const answering = (...holders: readonly (Holder | undefined)[]): ClaimBook => {
    const left = [...holders]
    return { hold: async () => left.shift(), release: async () => {}, list: async () => new Map() }
  }
  const second: Holder = { owner: 'cluster:2', holder: 'other' }

  it('is held by the last one', async () => {
    const owner = ownerOver(answering(CLUSTER, second), { takeFrom: 'anybody' })
    expect(await owner.holderBesideUs(subject)).toBe('cluster:2 (other)')
    const old = { owner: US, address: 'Tenant/old', holder: 'old' }
    expect(await ownerOver(answering(old, second)).holderBesideUs(subject)).toBe('cluster:2 (other)')
  })

  it('is ours where nobody holds it then', async () => {
    const owner = ownerOver(answering(CLUSTER, undefined), { takeFrom: 'anybody' })
    expect(await owner.holderBesideUs(subject)).toBeUndefined()
  })
})

describe('what a book is asked', () => {
  const asked = async (more: Partial<OwnershipOptions>) => {
    const handovers: unknown[] = []
    const book: ClaimBook = {
      hold: async (_object, _by, handover) => {
        handovers.push(handover)
        return CLUSTER
      },
      release: async () => {},
      list: async () => new Map(),
    }
    await ownerOver(book, more).holderBesideUs(subject)
    return handovers
  }

  it('names no other owner, unless a person does', async () => {
    expect(await asked({})).toEqual([{}])
    expect(await asked({ takeFrom: 'cluster:2' })).toEqual([{ takeFrom: 'cluster:2' }])
    expect(await asked({ takeFrom: 'anybody' })).toEqual([{}, { takeFrom: 'cluster:1' }])
    expect(await asked({ aliases: ['pulumi:dev'] })).toEqual([{ aliases: ['pulumi:dev'] }])
  })
})

describe('what is given up', () => {
  const released = async (
    more: Partial<Parameters<Ownership['release']>[0]>,
    options: Partial<OwnershipOptions> = {},
  ) => {
    const given: unknown[] = []
    const book: ClaimBook = {
      hold: async (_, by) => by,
      release: async (object, by) => void given.push([object, by.owner, by.address]),
      list: async () => new Map(),
    }
    await ownerOver(book, options).release(entry('Tenant', 'acme', { claim, ...more }))
    return given
  }

  it('is what was held, under each of our names', async () => {
    expect(await released({})).toEqual([['Tenant///acme', US, 'Tenant/acme']])
    expect(await released({ address: 'Tenant/acme@0a1b2c3d' }, { aliases: ['pulumi:dev'] })).toEqual([
      ['Tenant///acme', US, 'Tenant/acme'],
      ['Tenant///acme', 'pulumi:dev', 'Tenant/acme'],
    ])
  })

  it('is nothing of what somebody else holds', async () => expect(await released({ heldBy: 'a cluster' })).toEqual([]))
})
