import { describe, expect, it } from 'vitest'
import { resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import { factsOf } from '../../reconciler/facts.ts'
import type { Action, Step } from '../../reconciler/model.ts'
import { ordered, precedents } from '../../reconciler/order.ts'
import { connection, document } from '../support/world.ts'

const step = (address: string, needs: readonly string[] = [], action: Action = 'update'): Step => ({
  action,
  address,
  kind: address.split('/')[0] ?? '',
  connection: 'vault',
  key: address,
  changes: [],
  needs,
})
const addresses = (steps: readonly Step[]) => steps.map((s) => s.address)

const facts = (...resources: readonly Resource[]) => {
  const index = resolve(resources)
  return resources.filter((r) => r.kind !== 'Connection').map((r) => factsOf(r, index))
}
const assignment = (name: string, spec: Record<string, unknown>, connectionRef = 'navixy') =>
  document('MfaAssignment', name, { connectionRef: { name: connectionRef }, type: 'Allowed', ...spec })

describe('the order of work', () => {
  it('is by address where nothing else decides, however the steps come', () => {
    const [a, b, c] = [step('Client/a'), step('Client/b'), step('Tenant/a')]
    for (const steps of [
      [a, b, c],
      [c, b, a],
      [b, a, c],
    ])
      expect(ordered(steps, [])).toEqual([a, b, c])
  })

  it('puts what is needed first, also over several steps', () => {
    const steps = [step('A/1', ['B/1']), step('B/1', ['C/1']), step('C/1')]
    expect(addresses(ordered(steps, []))).toEqual(['C/1', 'B/1', 'A/1'])
  })

  it('keeps the order in which a step names what it needs', () => {
    const steps = [step('A/1', ['C/1', 'B/1']), step('B/1'), step('C/1')]
    expect(addresses(ordered(steps, []))).toEqual(['C/1', 'B/1', 'A/1'])
  })

  it('passes over needs that are no steps', () => {
    expect(addresses(ordered([step('A/1', ['Z/9', 'B/1']), step('B/1')], []))).toEqual(['B/1', 'A/1'])
  })

  it('puts removals last, and what needs an object that goes before it', () => {
    const steps = [step('A/tenant', ['B/client'], 'delete'), step('B/client', [], 'delete'), step('Z/other')]
    expect(addresses(ordered(steps, []))).toEqual(['Z/other', 'B/client', 'A/tenant'])
  })

  it('has every step once where two need each other', () => {
    expect(addresses(ordered([step('A/1', ['B/1']), step('B/1', ['A/1'])], []))).toEqual(['B/1', 'A/1'])
  })

  it('holds for chains of 100,000 steps', () => {
    const last = 99_999
    const number = (i: number) => `Tenant/${String(i).padStart(6, '0')}`
    const chain = Array.from({ length: last + 1 }, (_, i) => step(number(i), i === last ? [] : [number(i + 1)]))
    expect(addresses(ordered(chain, []))).toEqual(addresses(chain).reverse())
  })

  it('puts what overwrites the others of its connection before them', () => {
    const documents = facts(
      connection('navixy', 'Navixy'),
      assignment('a-exception', { users: [7] }),
      assignment('everyone', { allUsers: true }),
    )
    const steps = documents.map((d) => step(d.address))
    expect(addresses(ordered(steps, documents))).toEqual(['MfaAssignment/everyone', 'MfaAssignment/a-exception'])
  })
})

describe('documents that come before others of a connection', () => {
  const documents = facts(
    connection('navixy', 'Navixy'),
    connection('second', 'Navixy'),
    assignment('everyone', { allUsers: true }),
    assignment('one', { users: [1] }),
    assignment('two', { users: [2] }),
    assignment('elsewhere', { users: [1] }, 'second'),
    document('MfaDefault', 'all', { connectionRef: { name: 'navixy' } }),
  )
  const addressesOf = (found: ReturnType<typeof precedents>) =>
    new Map([...found].map(([address, list]) => [address, list.map((f) => f.address)]))
  const before = addressesOf(precedents(documents))

  it('are those of the next lower rank', () => {
    expect(before.get('MfaAssignment/one')).toEqual(['MfaAssignment/everyone'])
    expect(before.get('MfaAssignment/two')).toEqual(['MfaAssignment/everyone'])
    expect(before.get('MfaAssignment/everyone')).toEqual([])
  })

  it('are the same however the documents come', () => {
    expect(addressesOf(precedents(documents.toReversed())).get('MfaAssignment/one')).toEqual(['MfaAssignment/everyone'])
  })

  it('are no concern of kinds without a rank', () => {
    expect(before.has('MfaDefault/all')).toBe(false)
  })

  it('are of the same connection', () => {
    expect(before.get('MfaAssignment/elsewhere')).toEqual([])
  })
})
