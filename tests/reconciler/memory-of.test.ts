import { describe, expect, it } from 'vitest'
import { isSameKey, isSameObject, withMemory, withoutMemory } from '../../reconciler/match.ts'
import { entry, group, HERE, ofGroup, one, placed, THERE, tenant, without } from '../support/matching.ts'

describe('one object', () => {
  const facts = placed(tenant('a'))

  it.each([
    ['the same key in the same place', entry('Tenant', 'a'), true],
    ['the same key in a place that is not known', without(entry('Tenant', 'a')), true],
    ['the same key in another place', entry('Tenant', 'a', { place: THERE }), false],
    ['another key', entry('Tenant', 'b'), false],
    ['another kind', entry('Organization', 'a'), false],
    ['the same key in a tenant', entry('Tenant', 'a', { tenant: 'acme' }), false],
    ['a kind of another release', entry('Gone', 'a'), false],
  ])('is known by %s', (_, known, expected) => expect(isSameObject(facts, known)).toBe(expected))

  it('is known by its key where the document does not know its place', () =>
    expect(isSameObject(one(tenant('a')), entry('Tenant', 'a', { place: THERE }))).toBe(true))

  it.each([
    ['a new name where its id is known', group('new'), ofGroup('old'), true],
    ['the id that the document names', group('new', { externalRef: { id: 'id of old' } }), ofGroup('old'), true],
    ['no other id than the document names', group('new', { externalRef: { id: 'x' } }), ofGroup('old'), false],
    ['no new name while its id is not known', group('new'), { ...ofGroup('old'), id: undefined } as never, false],
    ['no new name where the kind cannot be renamed', tenant('new'), entry('Tenant', 'old'), false],
  ])('is known by %s', (_, document_, known, expected) => expect(isSameObject(placed(document_), known)).toBe(expected))
})

describe('keys', () => {
  it('compare as the kind does', () => {
    expect(isSameKey('OPS', ofGroup('ops'))).toBe(true)
    expect(isSameKey('A', entry('Tenant', 'a'))).toBe(false)
  })

  it('of a kind of another release are equal to none', () => expect(isSameKey('a', entry('Gone', 'a'))).toBe(false))
})

describe('a document with its memory', () => {
  const claim = { registry: 'before', object: 'Tenant///old key' }

  it('knows the id, and its memory is under its own address and Connection', () => {
    const facts = { ...placed(tenant('a')), needs: ['Organization/acme'] }
    const [document_, memory] = withMemory(facts, entry('Tenant', 'a', { address: 'Tenant/b', connection: 'old' }))
    expect(document_.target.id).toBe('id of a')
    expect(memory).toMatchObject({
      address: 'Tenant/a',
      connection: 'vault',
      needs: ['Organization/acme'],
      place: HERE,
    })
  })

  it('keeps the id that it names itself', () => {
    const facts = placed(group('a', { externalRef: { id: 'named' } }))
    expect(withMemory(facts, ofGroup('a'))[0].target.id).toBe('named')
  })

  it('has no id where none is known', () => {
    const { id: _, ...begun } = entry('Tenant', 'a')
    expect(withMemory(placed(tenant('a')), begun)[0].target).not.toHaveProperty('id')
  })

  it('keeps the place that memory has while its own is not known', () =>
    expect(withMemory(one(tenant('a')), entry('Tenant', 'a', { place: THERE }))[1].place).toBe(THERE))

  it('keeps the object claimed as it is, in the book that its Connection leads to now', () => {
    const [, memory] = withMemory(placed(tenant('a')), entry('Tenant', 'a', { claim }))
    expect(memory.claim).toEqual({ registry: 'vault', object: 'Tenant///old key' })
  })

  it('claims nothing that was not claimed before', () =>
    expect(withMemory(placed(tenant('a')), entry('Tenant', 'a'))[1]).not.toHaveProperty('claim'))

  it('leaves a claim as it was where no book is known', () => {
    const { claim: _, ...bookless } = placed(tenant('a'))
    expect(withMemory(bookless, entry('Tenant', 'a', { claim }))[1].claim).toEqual(claim)
  })
})

describe('a document without its memory', () => {
  it('knows no id but the one that it names', () => {
    const known = placed(tenant('a'))
    expect(withoutMemory({ ...known, target: { ...known.target, id: 'remembered' } }).target).not.toHaveProperty('id')
    const named = placed(group('a', { externalRef: { id: 'named' } }))
    expect(withoutMemory({ ...named, target: { ...named.target, id: 'remembered' } }).target.id).toBe('named')
  })
})
