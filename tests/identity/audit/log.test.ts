import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { verifyAll } from '../../../identity/directory/verify-all.ts'
import { AUDIT_HEADS, AUDIT_RECORDS, type AuditRecord, verifyAudit } from '../../../identity/platform/audit/log.ts'
import { collect } from '../../../identity/platform/contract/paging.ts'
import { openStill, type Still } from '../still.ts'

let still: Still
beforeAll(async () => {
  still = await openStill()
})
afterAll(() => still.close())

let scope = ''
let count = 0
beforeEach(async () => {
  scope = `tenant-${++count}`
  for (const id of ['1', '2', '3']) await write(id)
})

const write = (id: string) =>
  still.deps.auditLog.append(scope, { event: 'login.accepted', actor: `user:${id}`, subject: { user_id: id } })
const idOf = (sequence: number) => String(sequence).padStart(15, '0')
const change = (sequence: number, more: Partial<AuditRecord>) =>
  still.deps.store.update(AUDIT_RECORDS, scope, idOf(sequence), (old) => ({ ...old, ...more }))
const remove = (sequence: number) => still.deps.store.delete(AUDIT_RECORDS, scope, idOf(sequence))
const verdict = () => verifyAudit(still.deps, scope)

describe('a log that nobody touched', () => {
  it('is whole, and says where it ends', async () => {
    const last = await still.deps.store.get(AUDIT_RECORDS, scope, idOf(3))
    expect(await verdict()).toEqual({ records: 3, head: last?.hash })
  })

  it('is whole after a crash between a record and the mark of the last one', async () => {
    const head = await still.deps.store.take(AUDIT_HEADS, scope, 'head')
    if (head) await still.deps.store.create(AUDIT_HEADS, scope, head)
    await write('4')
    await still.deps.store.delete(AUDIT_HEADS, scope, 'head')
    if (head) await still.deps.store.create(AUDIT_HEADS, scope, head)
    await write('5')
    expect(await verdict()).toMatchObject({ records: 5 })
    expect(await verdict()).not.toHaveProperty('problem')
  })

  it('is empty and whole for a tenant without events', async () => {
    expect(await verifyAudit(still.deps, 'nobody')).toEqual({ records: 0, head: '' })
  })
})

describe('parallel appends', () => {
  it('lose nothing', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => write(`p${i}`)))
    expect(await verdict()).toMatchObject({ records: 53 })
  })
})

describe('a log that was tampered with', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a changed record', () => change(2, { actor: 'user:mallory' }), 'record 2 was changed'],
    ['a changed time', () => change(1, { at: '2020-01-01T00:00:00.000Z' }), 'record 1 was changed'],
    ['a removed record', () => remove(2), 'record 2 of 3 is missing'],
    ['a removed end', () => remove(3), 'record 3 of 3 is missing'],
    ['a forged link', () => change(3, { previous: 'x' }), 'record 3 does not follow the one before it'],
    [
      'a mark that was moved back',
      async () => {
        await remove(3)
        await still.deps.store.update(AUDIT_HEADS, scope, 'head', (old) => ({ ...old, sequence: 2 }))
      },
      'the mark of the last record was changed',
    ],
    [
      'a mark that was removed',
      () => still.deps.store.delete(AUDIT_HEADS, scope, 'head'),
      'the mark of the last record was removed',
    ],
  ])('%s is found', async (_, tamper, problem) => {
    await tamper()
    expect((await verdict()).problem).toBe(problem)
  })

  it('is found when the records of another tenant stand in it', async () => {
    const other = `${scope}-copy`
    for (const sequence of [1, 2, 3]) {
      const record = await still.deps.store.get(AUDIT_RECORDS, scope, idOf(sequence))
      if (record) await still.deps.store.create(AUDIT_RECORDS, other, record)
    }
    expect((await verifyAudit(still.deps, other)).problem).toBe('record 1 was changed')
  })
})

it('the logs of all tenants are checked with the general one', async () => {
  const verdicts = await collect(verifyAll(still.deps))
  expect(verdicts.map((v) => v.scope)).toEqual([''])
})
