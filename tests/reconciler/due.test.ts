import { describe, expect, it } from 'vitest'
import type { Change } from '../../reconciler/adapter.ts'
import type { Action, Step } from '../../reconciler/model.ts'
import { stillDue } from '../../reconciler/still-due.ts'

const change = (path: string, to: unknown): Change => ({ op: 'replace', path, from: 'old', to, impact: 'neutral' })
const step = (action: Action, changes: readonly Change[] = [], because?: string): Step => ({
  action,
  address: 'Tenant/acme',
  kind: 'Tenant',
  connection: 'vault',
  key: 'acme',
  changes,
  needs: [],
  ...(because === undefined ? {} : { because }),
})
const [name, size] = [change('/name', 'a'), change('/size', 8)]
const stale = expect.objectContaining({ code: 'PLAN_STALE', message: expect.stringContaining('Tenant/acme') })

describe('what is due when a step begins', () => {
  it('is what was planned while nothing has moved', () => {
    const planned = step('update', [name])
    expect(stillDue(planned, step('update', [name]), false)).toBe(planned)
  })

  it('is nothing more when somebody has done it meanwhile', () => {
    const now = step('none')
    expect(stillDue(step('update', [name]), now, false)).toBe(now)
  })

  it('is a planned replacement of what looks like an update on the second look', () => {
    const planned = step('replace', [name])
    expect(stillDue(planned, step('update', [name]), false)).toBe(planned)
  })

  it.each([
    ['other changes', step('update', [name]), step('update', [size])],
    ['fewer changes', step('update', [name, size]), step('update', [name])],
    ['another action', step('update', [name]), step('adopt', [name])],
    ['a create, where there was an object', step('update', [name]), step('create', [name])],
    ['an empty create, where there was an object', step('update', [name]), step('create')],
  ])('is nobody knows: stale, with %s', (_, planned, now) => {
    expect(() => stillDue(planned, now, false)).toThrow(stale)
    expect(() => stillDue(planned, now, false)).toThrow(
      expect.objectContaining({ help: expect.stringMatching(/^Plan again/) }),
    )
  })

  it('is nothing where it is blocked by now, with the reason', () => {
    const refused = expect.objectContaining({ code: 'REFUSED' })
    expect(() => stillDue(step('update', [name]), step('blocked', [], 'no way'), false)).toThrow('no way')
    expect(() => stillDue(step('update', [name]), step('blocked'), false)).toThrow(refused)
  })
})

describe('an object that came along with its new container', () => {
  it('takes the planned values that it does not have yet', () => {
    const now = step('adopt', [size])
    expect(stillDue(step('create', [name, size]), now, true)).toBe(now)
  })

  it.each([
    ['a value that was not planned', step('adopt', [change('/name', 'b')])],
    ['one that was planned and one that was not', step('adopt', [size, change('/name', 'b')])],
    ['a field that was not planned', step('adopt', [change('/other', 'a')])],
    ['an update', step('update', [size])],
  ])('is stale with %s', (_, now) => {
    expect(() => stillDue(step('create', [name, size]), now, true)).toThrow(stale)
  })
})
