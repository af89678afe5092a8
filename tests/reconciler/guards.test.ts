import { describe, expect, it } from 'vitest'
import { deleteGuards } from '../../reconciler/guards.ts'
import { type Action, type Allowance, DEFAULT_ALLOWANCE, type Step } from '../../reconciler/model.ts'

const step = (action: Action): Step => ({
  action,
  address: `Tenant/${action}`,
  kind: 'Tenant',
  connection: 'vault',
  key: action,
  changes: [],
  needs: [],
})
const messages = (actions: readonly Action[], documents: number, owned: number, allowance: Partial<Allowance> = {}) =>
  deleteGuards(actions.map(step), documents, owned, { ...DEFAULT_ALLOWANCE, ...allowance }).map((d) => d.message)

describe('the guard against an empty set', () => {
  it('stops a plan that would take everything away', () =>
    expect(messages(['forget', 'reset'], 0, 2)).toEqual([
      'there are no documents, and 2 objects would go; allow `empty` if that is meant',
    ]))

  it('counts what would go, and nothing else', () =>
    expect(messages(['leave', 'forget'], 0, 2)).toEqual([
      'there are no documents, and 1 objects would go; allow `empty` if that is meant',
    ]))

  it('lets it through where that is allowed', () =>
    expect(messages(['forget'], 0, 2, { allow: new Set(['empty']) })).toEqual([]))

  it('has nothing against no documents where nothing goes', () => expect(messages([], 0, 5)).toEqual([]))

  it('has nothing against a removal while documents are left', () => expect(messages(['forget'], 1, 2)).toEqual([]))
})

describe('the guard against many deletions', () => {
  it('allows exactly the share, and no more', () => {
    expect(messages(['delete', 'none'], 4, 5)).toEqual([])
    expect(messages(['delete', 'delete'], 3, 5)).toEqual([
      'the plan deletes or replaces 40 % of what is owned; at most 20 % is allowed (maxDeleteShare)',
    ])
  })

  it('counts a replacement, which deletes the live object as well, whether or not anything else goes', () => {
    expect(messages(['delete', 'replace'], 4, 5)).toHaveLength(1)
    expect(messages(['replace', 'replace'], 5, 5)).toEqual([
      'the plan deletes or replaces 40 % of what is owned; at most 20 % is allowed (maxDeleteShare)',
    ])
    expect(messages(['replace', 'none'], 5, 5)).toEqual([])
  })

  it('does not count what is only forgotten or reset', () =>
    expect(messages(['forget', 'reset', 'forget'], 2, 5)).toEqual([]))

  it('counts as people do: 29 of 100 are 29 %', () =>
    expect(messages(Array<Action>(29).fill('delete'), 71, 100, { maxDeleteShare: 0.29 })).toEqual([]))

  it('holds where nothing is owned', () => expect(messages(['delete'], 1, 0)).toHaveLength(1))

  it('stops the plan with an error', () =>
    expect(deleteGuards([step('delete')], 0, 1, DEFAULT_ALLOWANCE)).toMatchObject([
      { severity: 'error', code: 'REFUSED' },
    ]))
})
