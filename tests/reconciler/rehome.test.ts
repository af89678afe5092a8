import { describe, expect, it } from 'vitest'
import { MemoryLedger } from '../../reconciler/memory-ledger.ts'
import type { Entry } from '../../reconciler/model.ts'
import { rehome } from '../../reconciler/rehome.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name: string, tenantId = name) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, tenantId, displayName: tenantId })

/** Three tenants that are remembered, and what their documents, as they are then, make of that memory. */
async function matchedWith(...documents: ReturnType<typeof tenant>[]) {
  const world = new World()
  await world.apply([vault, tenant('a'), tenant('b'), tenant('c')])
  return { world, matched: (await world.look([vault, ...documents])).matched }
}

/** A copy of a memory, with every write noted; it breaks off after so many of them. */
class NotedLedger extends MemoryLedger {
  readonly writes: string[] = []
  readonly #most: number

  constructor(from: ReadonlyMap<string, Entry>, most = Number.POSITIVE_INFINITY) {
    super()
    for (const [address, entry] of from) this.entries.set(address, entry)
    this.#most = most
    const [put, drop] = [this.put, this.drop]
    this.put = async (entry) => this.#note(`put ${entry.address}`, () => put(entry))
    this.drop = async (address) => this.#note(`drop ${address}`, () => drop(address))
  }

  async #note(what: string, write: () => Promise<void>): Promise<void> {
    if (this.writes.length === this.#most) throw new Error('killed')
    this.writes.push(what)
    await write()
  }

  get remembered(): readonly string[] {
    return [...new Set([...this.entries.values()].map((entry) => entry.key))].toSorted()
  }
}

const keysByAddress = ({ entries }: MemoryLedger) => Object.fromEntries([...entries].map(([a, e]) => [a, e.key]))

describe('what is remembered, before anything is sent', () => {
  it('stays as it is while the documents do', async () => {
    const { world, matched } = await matchedWith(tenant('a'), tenant('b'), tenant('c'))
    const ledger = new NotedLedger(world.ledger.entries)
    await rehome(matched, ledger)
    expect(ledger.writes).toEqual([])
  })

  it('follows a renamed document, and is dropped under its old name only after that', async () => {
    const { world, matched } = await matchedWith(tenant('new', 'a'), tenant('b'), tenant('c'))
    const ledger = new NotedLedger(world.ledger.entries)
    await rehome(matched, ledger)
    expect(ledger.writes).toEqual(['put Tenant/new', 'drop Tenant/a'])
  })

  it('changes places with the documents that do', async () => {
    const { world, matched } = await matchedWith(tenant('a', 'b'), tenant('b', 'a'), tenant('c'))
    const ledger = new NotedLedger(world.ledger.entries)
    await rehome(matched, ledger)
    expect(keysByAddress(ledger)).toEqual({ 'Tenant/a': 'b', 'Tenant/b': 'a', 'Tenant/c': 'c' })
  })

  it('is kept apart when its document describes another object now', async () => {
    const { world, matched } = await matchedWith(tenant('a', 'other'), tenant('b'), tenant('c'))
    const ledger = new NotedLedger(world.ledger.entries)
    await rehome(matched, ledger)
    expect(ledger.writes).toEqual([expect.stringMatching(/^put Tenant\/a@/), 'drop Tenant/a'])
    expect(ledger.remembered).toEqual(['a', 'b', 'c'])
  })

  it('is kept for a place that no Connection leads to now', async () => {
    const { world } = await matchedWith()
    const elsewhere = document('Connection', 'vault', {
      system: 'SecretsVault',
      endpoint: 'https://elsewhere.example',
      credentials: {},
    })
    const { matched } = await world.look([elsewhere, tenant('a')])
    const ledger = new NotedLedger(world.ledger.entries)
    await rehome(matched, ledger)
    expect(ledger.remembered).toEqual(['a', 'b', 'c'])
  })

  it.each([
    ['change places in a ring', [tenant('a', 'b'), tenant('b', 'c'), tenant('c', 'a')]],
    ['take each other’s names in a row', [tenant('b', 'a'), tenant('c', 'b'), tenant('d', 'c')]],
    ['leave their objects', [tenant('a', 'x'), tenant('b', 'a'), tenant('c', 'y')]],
  ])('is never lost, wherever a run is killed, while documents %s', async (_, documents) => {
    const { world, matched } = await matchedWith(...documents)
    for (let most = 0; ; most++) {
      const ledger = new NotedLedger(world.ledger.entries, most)
      const ended = await rehome(matched, ledger).then(
        () => true,
        () => false,
      )
      expect(ledger.remembered, `killed after ${most} writes`).toEqual(['a', 'b', 'c'])
      if (ended) return
    }
  })

  it('is written again by the next run when this one was killed', async () => {
    const { world, matched } = await matchedWith(tenant('a', 'b'), tenant('b', 'a'), tenant('c'))
    const killed = new NotedLedger(world.ledger.entries, 2)
    await rehome(matched, killed).catch(() => undefined)
    world.ledger.entries.clear()
    for (const [address, entry] of killed.entries) world.ledger.entries.set(address, entry)
    const again = await world.look([vault, tenant('a', 'b'), tenant('b', 'a'), tenant('c')])
    await rehome(again.matched, world.ledger)
    expect(keysByAddress(world.ledger)).toEqual({ 'Tenant/a': 'b', 'Tenant/b': 'a', 'Tenant/c': 'c' })
  })
})

describe('a move from an address of which nothing is remembered any more', () => {
  it('needs no place in between', async () => {
    const { world, matched } = await matchedWith(tenant('a'), tenant('b'), tenant('c'))
    const ledger = new NotedLedger(world.ledger.entries)
    const moves = new Map([['Tenant/b', 'Tenant/a']])
    ledger.entries.delete('Tenant/a')
    await rehome({ ...matched, moves }, ledger)
    expect(ledger.writes).toEqual(['put Tenant/a'])
  })
})
