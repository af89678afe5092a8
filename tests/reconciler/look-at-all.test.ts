import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { isManaged, lookAtAll } from '../../reconciler/look-at-all.ts'
import { withPlace } from '../../reconciler/object-places.ts'
import { one, tenant as tenantOf } from '../support/matching.ts'
import { MemoryBook } from '../support/memory-book.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name: string, spec: Record<string, unknown> = {}) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, ...spec })
const client = (name: string) =>
  document('Client', name, {
    connectionRef: { name: 'vault' },
    tenantRef: { id: 'acme' },
    clientId: 'portal',
    displayName: 'Portal',
    clientSecret: { fromEnv: 'S' },
  })
const silent = new PlumblineError('UNEXPECTED_RESPONSE', 'it does not say where it is')

describe('a system that cannot tell where it is', () => {
  it('has objects of which nothing is known, whatever it shows', async () => {
    const world = new World()
    world.system.objects.set('Tenant/acme', { display_name: 'Acme' })
    world.system.tellPlace = async () => Promise.reject(silent)
    const { snapshot, plan } = await world.look([vault, tenant('acme')])
    expect(snapshot.get('Tenant/acme')).toEqual({
      sight: { state: 'unknown', error: silent },
      fingerprints: {},
      delivered: false,
    })
    expect(plan.steps).toMatchObject([{ action: 'blocked', code: 'UNEXPECTED_RESPONSE' }])
  })

  it('is asked again while it is busy', async () => {
    const world = new World()
    let asked = 0
    world.system.tellPlace = async () => {
      asked += 1
      if (asked === 1) throw new PlumblineError('UNAVAILABLE', 'busy', { retry: 'backoff' })
      return 'instance:1'
    }
    const { documents } = await world.look([vault, tenant('a'), tenant('b')])
    expect([documents.map((d) => d.place), asked]).toEqual([['instance:1', 'instance:1'], 2])
  })

  it('is waited for once when it is silent, and not once for each object', async () => {
    const world = new World()
    const names = Array.from({ length: 40 }, (_, i) => `t${i}`)
    const gone = () => new PlumblineError('UNAVAILABLE', 'gone', { retry: 'backoff' })
    world.system.faults.push(...Array.from({ length: 1_000 }, () => ({ call: /observe/, error: gone() })))
    const { plan } = await world.look([vault, ...names.map((name) => tenant(name))])
    expect(new Set(plan.steps.map((step) => step.action))).toEqual(new Set(['blocked']))
    // Eight looks at a time: the first eight wait, nobody after them.
    expect(world.clock.waits).toHaveLength(8 * 4)
  })

  it('keeps nothing from being known behind other Connections', async () => {
    const world = new World()
    world.system.objects.set('Tenant/b', {})
    const paused = document('Connection', 'vault', { ...vault.spec, management: 'Paused' })
    const other = connection('other', 'SecretsVault')
    const b = document('Tenant', 'b', { connectionRef: { name: 'other' } })
    const { snapshot } = await world.look([paused, other, tenant('a'), b])
    expect([...snapshot].map(([address, seen]) => [address, seen.sight.state])).toEqual([
      ['Tenant/a', 'unknown'],
      ['Tenant/b', 'present'],
    ])
    expect(world.system.calls).toEqual(['observe Tenant/b'])
  })
})

describe('what keeps an object from being seen', () => {
  it('is told of it, rather than what is wrong with its book', async () => {
    const world = new World()
    world.owner = { owner: 'us' }
    world.system.book = new MemoryBook()
    world.system.book.fault = new PlumblineError('FORBIDDEN', 'the book is closed')
    world.system.faults.push({ call: /observe Tenant\/a/, error: new PlumblineError('REJECTED', 'no such thing') })
    const { snapshot } = await world.look([vault, tenant('a'), tenant('b')])
    expect([...snapshot.values()].map(({ sight }) => sight)).toMatchObject([
      { state: 'unknown', error: { message: 'no such thing' } },
      { state: 'unknown', error: { message: 'the book is closed' } },
    ])
  })
})

describe('a look at everything', () => {
  it('says of each document that it was seen', async () => {
    const world = new World()
    const { documents, context } = await world.look([vault, tenant('a'), tenant('b')])
    const seen: string[] = []
    await lookAtAll({ documents, entries: new Map(), context, onSeen: (address) => void seen.push(address) })
    expect(seen.toSorted()).toEqual(['Tenant/a', 'Tenant/b'])
  })

  it('keys the fingerprints of a document by what it was called when they were made', async () => {
    const world = new World()
    world.env.S = 'a secret'
    await world.apply([vault, client('old')])
    const { documents, context } = await world.look([vault, client('new')])
    const keyOf = (address: string) => `key of ${address}`
    const { entries } = world.ledger
    const moved = (await lookAtAll({ documents, entries, context, keyOf })).snapshot.get('Client/new')
    const [document_] = documents
    const own = await lookAtAll({ documents: document_ ? [document_] : [], entries: new Map(), context, keyOf })
    expect(Object.keys(moved?.fingerprints ?? {})).toEqual(['/clientSecret'])
    expect(moved?.fingerprints).not.toEqual(own.snapshot.get('Client/new')?.fingerprints)
    const asOld = await lookAtAll({ documents, entries, context: { ...context, fingerprintKey: 'key of Client/old' } })
    expect(moved?.fingerprints).toEqual(asOld.snapshot.get('Client/new')?.fingerprints)
  })
})

describe('a document that manages its object', () => {
  it.each([
    ['Full', true],
    ['Observe', false],
    ['Paused', false],
  ])('is one with management %s', (management, expected) =>
    expect(isManaged(one(tenantOf('a', { management })))).toBe(expected),
  )

  it('is none of a kind that is only observed', () => {
    const facts = one(tenantOf('a'))
    expect(isManaged({ ...facts, kind: { ...facts.kind, observeOnly: true } })).toBe(false)
  })
})

describe('the place of one document', () => {
  it('is asked for where it is not known, and not where it is', async () => {
    const world = new World()
    world.system.tellPlace = async () => 'instance:told'
    const { context } = await world.look([vault, tenant('a')])
    expect((await withPlace(one(tenantOf('a')), context)).place).toBe('instance:told')
    const known = { ...one(tenantOf('a')), place: 'instance:known' }
    expect(await withPlace(known, context)).toBe(known)
  })

  it('is not asked for behind a paused Connection', async () => {
    const world = new World()
    const paused = document('Connection', 'vault', { ...vault.spec, management: 'Paused' })
    const { context } = await world.look([paused, tenant('a')])
    await expect(withPlace(one(tenantOf('a')), context)).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'the Connection vault is paused',
    })
  })
})
