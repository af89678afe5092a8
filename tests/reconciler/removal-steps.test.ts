import { describe, expect, it } from 'vitest'
import type { Matched } from '../../reconciler/match.ts'
import { type Allowance, DEFAULT_ALLOWANCE, type Entry, type Step } from '../../reconciler/model.ts'
import { leaveStep, removalsOf, withHistory } from '../../reconciler/removal-steps.ts'

const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  address: `Client/${name}`,
  kind: 'Client',
  connection: 'vault',
  key: name,
  memo: {},
  deletionPolicy: 'Retain',
  needs: [],
  ...more,
})
const allowed: Allowance = { ...DEFAULT_ALLOWANCE, allow: new Set(['delete']) }
const none: Matched = {
  documents: [],
  memory: new Map(),
  moves: new Map(),
  left: [],
  orphans: [],
  elsewhere: [],
  superseded: [],
  diagnostics: [],
}
const step = (more: Partial<Step> = {}): Step => ({
  action: 'create',
  address: 'Client/portal',
  kind: 'Client',
  connection: 'vault',
  key: 'portal',
  tenant: 'new',
  changes: [],
  needs: [],
  ...more,
})

describe('an object whose document is gone', () => {
  it.each([
    ['Retain', 'forget'],
    ['Delete', 'delete'],
    ['Reset', 'reset'],
  ] as const)('ends by its allowance %s', (deletionPolicy, action) => {
    expect(removalsOf([entry('a', { deletionPolicy })], allowed)).toMatchObject([{ action }])
  })

  it('is named by all that is known of it', () => {
    expect(removalsOf([entry('a', { tenant: 'acme', id: '7' })], allowed)).toEqual([
      {
        action: 'forget',
        address: 'Client/a',
        kind: 'Client',
        connection: 'vault',
        key: 'a',
        tenant: 'acme',
        id: '7',
        changes: [],
        needs: [],
      },
    ])
    const [bare] = removalsOf([entry('a')], allowed)
    for (const unknown of ['tenant', 'id']) expect(bare).not.toHaveProperty(unknown)
  })

  it('is not deleted until that is allowed, and the plan says why', () => {
    const [refused] = removalsOf([entry('a', { deletionPolicy: 'Delete' })], DEFAULT_ALLOWANCE)
    expect(refused).toMatchObject({ action: 'blocked', because: expect.stringContaining('allow `delete`') })
    expect(removalsOf([entry('a', { deletionPolicy: 'Delete' })], allowed)[0]).not.toHaveProperty('because')
  })

  it('waits for those that need it, and for nothing else', () => {
    const removals = removalsOf(
      [
        entry('tenant', { needs: ['Organization/stays'] }),
        entry('a', { needs: ['Client/tenant', 'Client/tenant'] }),
        entry('b', { needs: ['Client/tenant', 'Client/a'] }),
      ],
      allowed,
    )
    expect(removals.map(({ address, needs }) => [address, needs])).toEqual([
      ['Client/tenant', ['Client/a', 'Client/b']],
      ['Client/a', ['Client/b']],
      ['Client/b', []],
    ])
  })
})

describe('an object that its document has left', () => {
  it('is named, with the document that describes another one now', () => {
    expect(leaveStep({ entry: entry('portal@0a', { id: '7' }), by: 'Client/portal' })).toEqual({
      action: 'leave',
      address: 'Client/portal@0a',
      kind: 'Client',
      connection: 'vault',
      key: 'portal@0a',
      id: '7',
      changes: [],
      from: 'Client/portal',
      because: 'Client/portal describes another object now',
      needs: [],
    })
  })
})

describe('the history of a step', () => {
  const moved: Matched = { ...none, moves: new Map([['Client/portal', 'Client/old']]) }
  const left = (more: Partial<Entry> = {}): Matched => ({
    ...none,
    left: [
      { entry: entry('other', { address: 'Client/other@1' }), by: 'Client/other' },
      { entry: entry('portal', { address: 'Client/portal@2', tenant: 'old', ...more }), by: 'Client/portal' },
    ],
  })

  it('names the address that spoke for the object before', () => {
    expect(withHistory(step({ action: 'update' }), moved)).toMatchObject({ action: 'update', from: 'Client/old' })
  })

  it('makes a move of what needs nothing else', () => {
    expect(withHistory(step({ action: 'none' }), moved)).toMatchObject({ action: 'move', from: 'Client/old' })
  })

  it('names the document that has left the object', () => {
    const removal = step({ action: 'forget', address: 'Client/portal@2' })
    expect(withHistory(removal, left())).toMatchObject({ action: 'forget', from: 'Client/portal' })
  })

  it('says of a new object that its tenant is another one', () => {
    expect(withHistory(step(), left()).because).toBe('its tenant was old and is new now, so it is another object')
  })

  it.each([
    ['that has a reason of its own', step({ because: 'own' }), left(), 'own'],
    ['in the same tenant', step(), left({ tenant: 'new' }), undefined],
    ['with another key', step(), left({ key: 'gate' }), undefined],
    ['of another kind', step(), left({ kind: 'ApiKey' }), undefined],
    ['that was there before', step(), none, undefined],
    ['beside one that left its object', step({ address: 'Client/third' }), left(), undefined],
  ])('says nothing of one %s', (_, it, matched, because) => {
    expect(withHistory(it, matched)).toEqual(because === undefined ? it : { ...it, because })
  })
})
