import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import type { Facts } from '../../reconciler/facts.ts'
import { type Matched, match, type PlaceByConnection } from '../../reconciler/match.ts'
import type { Entry } from '../../reconciler/model.ts'
import { entry, factsFor, group, HERE, loginMethod, ofGroup, one, THERE, tenant, without } from '../support/matching.ts'

function matched(
  documents: readonly Facts[],
  entries: readonly Entry[],
  places: PlaceByConnection = new Map([['vault', HERE]]),
): Matched {
  return match({ documents, entries: new Map(entries.map((e) => [e.address, e])), places })
}

/** Document → the key of what is remembered of it. */
const memories = ({ memory }: Matched) => Object.fromEntries([...memory].map(([address, e]) => [address, e.key]))

describe('memory', () => {
  it('goes to the document that describes the object, whichever address it is under', () => {
    const found = matched(factsFor(tenant('a'), tenant('new', { tenantId: 'b' })), [
      entry('Tenant', 'a'),
      entry('Tenant', 'b'),
    ])
    expect(memories(found)).toEqual({ 'Tenant/a': 'a', 'Tenant/new': 'b' })
    expect(found.moves).toEqual(new Map([['Tenant/new', 'Tenant/b']]))
    expect(found).toMatchObject({ orphans: [], left: [], elsewhere: [], superseded: [] })
  })

  it('goes with its id to the document', () => {
    const [facts] = matched(factsFor(tenant('a')), [entry('Tenant', 'a')]).documents
    expect(facts).toMatchObject({ place: HERE, target: { id: 'id of a' } })
  })

  it('goes to the document that names the object by its id', () => {
    const adopting = group('other', { externalRef: { id: 'id of old' } })
    expect(memories(matched(factsFor(adopting), [ofGroup('old')]))).toEqual({ 'Group/other': 'old' })
  })

  it.each([
    ['of another id', ofGroup('old', { id: 'x' })],
    ['of another kind', entry('User', 'old', { tenant: 'acme' })],
    ['of another tenant', ofGroup('old', { tenant: 'other' })],
    ['in another place', ofGroup('old', { place: THERE })],
  ])('%s does not go to the document that names an id', (_, known) => {
    const adopting = group('other', { externalRef: { id: 'id of old' } })
    expect(memories(matched(factsFor(adopting), [known]))).toEqual({})
  })

  it('without a place goes to the document that names its id behind the same Connection', () => {
    const adopting = group('other', { externalRef: { id: 'id of old' } })
    expect(memories(matched(factsFor(adopting), [without(ofGroup('old'))]))).toEqual({ 'Group/other': 'old' })
  })

  it('stays with a document that renames its object', () => {
    expect(memories(matched(factsFor(group('a', { displayName: 'new' })), [ofGroup('a')]))).toEqual({ 'Group/a': 'a' })
    const old = [without(ofGroup('a'))]
    expect(memories(matched(factsFor(group('a', { displayName: 'new' })), old))).toEqual({ 'Group/a': 'a' })
  })

  it('of an older release, behind a Connection to another place, is not taken for that of a renamed object', () => {
    const old = without(ofGroup('a', { connection: 'second' }))
    const places = new Map([
      ['vault', HERE],
      ['second', THERE],
    ])
    expect(memories(matched(factsFor(group('a', { displayName: 'new' })), [old], places))).toEqual({})
  })

  it('of a create that was begun is not that of any other document', () => {
    const { id: _, ...begun } = ofGroup('begun')
    expect(memories(matched(factsFor(group('other')), [begun]))).toEqual({})
  })

  it('is left by a document that renames nothing but describes an object elsewhere', () => {
    const found = matched(factsFor(group('a', { displayName: 'new' })), [ofGroup('a', { place: THERE })])
    expect([memories(found), found.elsewhere.length]).toEqual([{}, 1])
  })

  it('of an object that another document describes is not renamed', () => {
    const documents = factsFor(group('a', { displayName: 'new' }), group('b', { displayName: 'a' }))
    expect(memories(matched(documents, [ofGroup('a')]))).toEqual({ 'Group/b': 'a' })
  })

  it('of one object that is there twice goes to one document, and the other is given up', () => {
    const [own, copy] = [entry('Tenant', 'a'), entry('Tenant', 'copy', { key: 'a' })]
    for (const known of [
      [own, copy],
      [copy, own],
    ]) {
      const found = matched(factsFor(tenant('a')), known)
      expect([memories(found), found.superseded, found.moves.size]).toEqual([{ 'Tenant/a': 'a' }, ['Tenant/copy'], 0])
    }
  })

  it('of a kind of another release is kept as an orphan, under its own address', () => {
    const found = matched(factsFor(tenant('a')), [entry('Gone', 'a')])
    expect([memories(found), found.orphans.map((e) => e.address)]).toEqual([{}, ['Gone/a']])
  })
})

describe('memory of an object that its document has left', () => {
  const left = (more: Partial<Entry> = {}) =>
    matched(factsFor(tenant('a', { tenantId: 'x' })), [entry('Tenant', 'a', more)])

  it('is kept under an address that no document can have', () => {
    const found = left()
    expect(found.left).toMatchObject([
      { by: 'Tenant/a', entry: { key: 'a', address: expect.stringMatching(/^Tenant\/a@[0-9a-f]{8}$/) } },
    ])
    expect([memories(found), found.orphans, found.moves.size]).toEqual([{}, [], 0])
  })

  it('has the same address each time, and another one for another object', () => {
    const address = (found: Matched) => found.left[0]?.entry.address
    expect(address(left())).toBe(address(left({ id: 'other' })))
    const others = [
      left({ key: 'b' }),
      left({ tenant: 't' }),
      left({ tenant: 'u' }),
      left({ kind: 'Organization' }),
    ].map(address)
    expect(new Set([address(left()), ...others]).size).toBe(5)
  })

  it('has the same address whether its place was recorded or follows from its Connection', () => {
    const found = matched(factsFor(tenant('a', { tenantId: 'x' })), [without(entry('Tenant', 'a'))])
    expect(found.left[0]?.entry.address).toBe(left().left[0]?.entry.address)
  })
})

describe('memory without a document', () => {
  it('is an orphan behind its Connection', () => {
    const found = matched(factsFor(tenant('a')), [entry('Tenant', 'b')])
    expect(found.orphans).toEqual([entry('Tenant', 'b')])
  })

  it('gets the place of its Connection where an older release did not record it', () => {
    const found = matched(factsFor(tenant('a')), [without(entry('Tenant', 'b'))])
    expect(found.orphans).toEqual([entry('Tenant', 'b')])
  })

  it.each([
    ['is not asked', []],
    ['is gone', [['gone', new PlumblineError('UNRESOLVED_REFERENCE', 'there is no Connection gone')]]],
  ] as const)('can be forgotten where its place was not recorded and its Connection %s', (_, more) => {
    const old = without(entry('Tenant', 'b', { connection: 'gone' }))
    const places = new Map<string, string | PlumblineError>([['vault', HERE], ...more])
    expect(matched(factsFor(tenant('a')), [old], places).orphans).toEqual([old])
  })

  it('is kept for later where its Connection cannot tell its place now', () => {
    const old = without(entry('Tenant', 'b', { connection: 'busy' }))
    const places: PlaceByConnection = new Map<string, string | PlumblineError>([
      ['vault', HERE],
      ['busy', new PlumblineError('UNAVAILABLE', 'no answer')],
    ])
    const found = matched(factsFor(tenant('a')), [old], places)
    expect([found.orphans, found.elsewhere]).toEqual([[], [old]])
  })

  it('is reached through another Connection to its place', () => {
    const found = matched(factsFor(tenant('a')), [entry('Tenant', 'b', { connection: 'renamed' })])
    expect(found.orphans).toEqual([entry('Tenant', 'b')])
  })

  it('is not reached through a Connection to another system', () => {
    const places = new Map([
      ['vault', THERE],
      ['cim', HERE],
    ])
    const found = matched(factsFor(loginMethod('code')), [entry('Tenant', 'b')], places)
    expect([found.orphans, found.elsewhere]).toEqual([[], [entry('Tenant', 'b')]])
  })

  it('is kept for later where no Connection leads to its place, apart from a document that has its address', () => {
    const found = matched(factsFor(tenant('a')), [
      entry('Tenant', 'a', { place: THERE }),
      entry('Tenant', 'b', { place: THERE }),
    ])
    expect(found.elsewhere.map((e) => e.address)).toEqual([expect.stringMatching(/^Tenant\/a@/), 'Tenant/b'])
  })

  it('is kept apart by its place, too', () => {
    const address = (place: string) =>
      matched(factsFor(tenant('a')), [entry('Tenant', 'a', { place })]).elsewhere[0]?.address
    expect(address(THERE)).not.toBe(address('instance:third'))
  })

  it('keeps its book where no document is beside it', () => {
    const claim = { registry: 'former', object: 'CimLoginMethod/acme//b' }
    const places = new Map([
      ['vault', THERE],
      ['cim', HERE],
    ])
    const known = entry('CimLoginMethod', 'b', { connection: 'cim', claim })
    expect(matched(factsFor(tenant('a')), [known], places).orphans[0]?.claim).toEqual(claim)
  })

  it('follows its book to the Connection that leads there now', () => {
    const claim = { registry: 'renamed', object: 'Tenant///b' }
    const found = matched(factsFor(tenant('a')), [entry('Tenant', 'b', { connection: 'renamed', claim })])
    expect(found.orphans[0]?.claim).toEqual({ registry: 'vault', object: 'Tenant///b' })
  })

  it('follows the book of its organization to where a document beside it finds that', () => {
    const claim = { registry: 'former', object: 'CimLoginMethod/acme//b' }
    const places = new Map([['cim', HERE]])
    const beside = { ...one(loginMethod('a')), claim: { registry: 'vault', object: 'CimLoginMethod/acme//a' } }
    const known = entry('CimLoginMethod', 'b', { connection: 'renamed', claim })
    expect(matched([beside], [known], places).orphans[0]?.claim?.registry).toBe('vault')
    const alone = entry('CimLoginMethod', 'b', { connection: 'cim', claim })
    const { claim: _, ...bookless } = one(loginMethod('a'))
    expect(matched([bookless], [alone], places).orphans[0]?.claim?.registry).toBe('former')
  })

  it('of which no book is known has none afterwards', () =>
    expect(matched(factsFor(tenant('a')), [entry('Tenant', 'b')]).orphans[0]).not.toHaveProperty('claim'))
})

describe('a document whose place cannot be told now', () => {
  const unknown: PlaceByConnection = new Map([['vault', new PlumblineError('UNAVAILABLE', 'no answer')]])

  it('has the memory at its own address', () => {
    const found = matched(factsFor(tenant('a')), [entry('Tenant', 'a', { place: THERE })], unknown)
    expect([memories(found), found.documents[0]?.place]).toEqual([{ 'Tenant/a': 'a' }, undefined])
  })

  it('has no memory of another object', () => {
    const found = matched(factsFor(tenant('a', { tenantId: 'x' })), [entry('Tenant', 'a')], unknown)
    expect(memories(found)).toEqual({})
  })

  it('takes no memory from another address, which is kept for later', () => {
    const known = entry('Tenant', 'old', { key: 'a' })
    const found = matched(factsFor(tenant('a')), [known], unknown)
    expect([memories(found), found.orphans, found.elsewhere]).toEqual([{}, [], [known]])
  })

  it('may describe any memory of its kind, tenant and key, but no other', () => {
    const documents = factsFor(tenant('a'), group('ops', { connectionRef: { name: 'second' } }))
    const places: PlaceByConnection = new Map<string, string | PlumblineError>([...unknown, ['second', HERE]])
    const known = [
      entry('Tenant', 'b', { connection: 'second' }),
      entry('Organization', 'a', { connection: 'second' }),
      entry('Tenant', 'x', { connection: 'second', key: 'a', tenant: 't' }),
      entry('Tenant', 'old', { connection: 'second', key: 'a' }),
    ]
    const found = matched(documents, known, places)
    expect(found.orphans.map((e) => e.address)).toEqual(['Tenant/b', 'Organization/a', 'Tenant/x'])
    expect(found.elsewhere.map((e) => e.address)).toEqual(['Tenant/old'])
  })

  it('takes no memory by an id that it names', () => {
    const adopting = group('other', { externalRef: { id: 'id of old' } })
    expect(memories(matched(factsFor(adopting), [without(ofGroup('old'))], unknown))).toEqual({})
  })

  it('is no second document of anything', () =>
    expect(matched(factsFor(tenant('a'), tenant('b', { tenantId: 'a' })), [], unknown).diagnostics).toEqual([]))
})
