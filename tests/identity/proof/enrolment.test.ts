import { beforeEach, describe, expect, it } from 'vitest'
import type { CommitmentFields } from '../../../identity/proof/client.ts'
import { COMMITMENT_SECONDS, change, RECENT_LOGIN_SECONDS, register, reset } from '../../../identity/proof/enrolment.ts'
import { KDF, KDF_CEILING } from '../../../identity/proof/kdf.ts'
import type { NewCommitment } from '../../../identity/proof/messages.ts'
import { openSealed } from '../../../identity/proof/sealing.ts'
import type { CommitmentOccasion } from '../../../identity/proof/transcript.ts'
import { AUTH_REQ_ID, JANE, PROTOCOL_NAME, SECRET, START, STEPS, TENANT, useWorld } from './support.ts'

const world = useWorld()
beforeEach(() => {
  world().clock.now = START
})

const REGISTER: CommitmentOccasion = { purpose: 'register', handle: AUTH_REQ_ID }
const make = (occasion = REGISTER, tenantId = TENANT) =>
  world().client(tenantId).commitment(JANE.username, STEPS, SECRET, occasion)

const request = (fields: CommitmentFields, changed: Partial<NewCommitment> = {}): NewCommitment => ({
  tenantId: TENANT,
  ...JANE,
  handle: AUTH_REQ_ID,
  encryptedCommitment: fields.encrypted_commitment,
  protoVersion: PROTOCOL_NAME,
  ...changed,
})

/** The message inside, changed and sealed again: what a client that breaks the rules could send. */
async function forged(alter: (message: Record<string, unknown>) => object): Promise<CommitmentFields> {
  const { tenant } = world().tenant(TENANT)
  const fields = await make()
  const message = JSON.parse(await openSealed(fields.encrypted_commitment, 4096, tenant.sealing))
  const encrypted_commitment = await world().sealToServer(JSON.stringify(alter(message)))
  return { ...fields, encrypted_commitment }
}

describe('a commitment', () => {
  it('is stored so that its secret logs in', async () => {
    await world().enrol({ userId: 'u-new', username: 'new' })
    expect(await world().login('new')).toEqual({ userId: 'u-new' })
  })

  it('is stored without a readable part', async () => {
    const sealed = await register(world().deps, request(await make()))
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toMatch(/argon2id|salt|schnorr/)
  })

  it('of another user does not serve', async () => {
    await world().enrol({ userId: 'u-thief', username: 'thief' })
    const thief = world().accounts.get(`${TENANT} thief`)
    world().accounts.set(`${TENANT} victim`, { userId: 'u-victim', commitment: thief?.commitment ?? '' })
    await expect(world().login('victim')).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  it('of the same user id in another tenant does not serve', async () => {
    const elsewhere = world().accounts.get(`${TENANT} jane`)
    world().accounts.set('other-web jane', { userId: JANE.userId, commitment: elsewhere?.commitment ?? '' })
    await expect(world().loginAnswer('jane', SECRET, 'other-web')).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  it.each([
    ['another user name', { username: 'other' }],
    ['another authorization request', { handle: 'auth-req-2' }],
    ['another tenant', { tenantId: 'other-web' }],
    ['another protocol', { protoVersion: 'opaque-r255-1' }],
    ['a damaged seal', { encryptedCommitment: 'a.b.c.d.e' }],
    ['a text without end', { encryptedCommitment: 'a'.repeat(1_000_000) }],
  ])('is refused with %s', async (_what, changed) => {
    const bad = request(await make(), changed as Partial<NewCommitment>)
    await expect(register(world().deps, bad)).rejects.toMatchObject({ code: 'REJECTED' })
  })

  it('made for one purpose is refused for another', async () => {
    const fields = await make()
    await expect(reset(world().deps, request(fields))).rejects.toThrow('proof')
    await expect(change(world().deps, request(fields), START)).rejects.toThrow('proof')
  })

  it('is taken once', async () => {
    const again = request(await make())
    await register(world().deps, again)
    await expect(register(world().deps, again)).rejects.toThrow('sent before')
  })

  it('sent many times at once is taken once', async () => {
    const one = request(await make())
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => register(world().deps, one)))
    expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(1)
  })

  it.each([-1, 1])('is refused when its time is off (%i)', async (direction) => {
    const fields = await make()
    world().clock.now = new Date(START.getTime() + direction * (COMMITMENT_SECONDS + 1) * 1000)
    await expect(register(world().deps, request(fields))).rejects.toThrow('clock')
  })

  it.each([
    ['less memory', { m: KDF.m - 1 }, 'm ='],
    ['fewer passes', { t: KDF.t - 1 }, 't ='],
    ['fewer lanes', { p: KDF.p - 1 }, 'p ='],
    ['memory without end', { m: KDF_CEILING.m + 1 }, 'm ='],
    ['another function', { name: 'argon2i' }, 'form'],
  ])('is refused with %s', async (_what, changed, message) => {
    const fields = await forged((m) => ({ ...m, kdf: { ...KDF, ...changed } }))
    await expect(register(world().deps, request(fields))).rejects.toThrow(message)
  })

  it.each([
    ['a borrowed A', { A: '4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY' }, 'proof'],
    ['the identity as A', { A: 'A'.repeat(43) }, 'proof'],
    ['a longer PIN than the policy', { steps: { pin: 8, pattern: 3 } }, 'policy'],
    ['no pattern', { steps: { pin: 6 } }, 'policy'],
    ['a salt of another length', { salt: 'AAAA' }, 'form'],
    ['a salt in another spelling', { salt: `${'A'.repeat(21)}B` }, 'canonical'],
    ['one field more', { extra: 1 }, 'form'],
  ])('is refused with %s', async (_what, changed, message) => {
    const fields = await forged((m) => ({ ...m, ...changed }))
    await expect(register(world().deps, request(fields))).rejects.toThrow(message)
  })
})

describe('a reset', () => {
  it('replaces the secret for the code that it was made with', async () => {
    await world().enrol({ userId: 'u-lost', username: 'lost' }, { pin: '000000', pattern: [0, 1, 2, 5] })
    const fields = await world().client().commitment('lost', STEPS, SECRET, { purpose: 'reset', handle: '815' })
    const who = { userId: 'u-lost', username: 'lost' }
    const commitment = await reset(world().deps, request(fields, { ...who, handle: '815' }))
    world().accounts.set(`${TENANT} lost`, { userId: 'u-lost', commitment })
    expect(await world().login('lost')).toEqual({ userId: 'u-lost' })
  })

  it('is refused for another code', async () => {
    const fields = await make({ purpose: 'reset', handle: '815' })
    await expect(reset(world().deps, request(fields, { handle: '816' }))).rejects.toThrow('proof')
  })
})

describe('a change', () => {
  const SESSION: CommitmentOccasion = { purpose: 'change', handle: 'session-1' }
  const loginAge = (seconds: number) => new Date(START.getTime() - seconds * 1000)

  it('is taken up to five minutes after the login', async () => {
    const change1 = request(await make(SESSION), { handle: 'session-1' })
    expect(await change(world().deps, change1, loginAge(RECENT_LOGIN_SECONDS))).toEqual(expect.any(String))
  })

  it('asks for a new login after that', async () => {
    const late = request(await make(SESSION), { handle: 'session-1' })
    const age = loginAge(RECENT_LOGIN_SECONDS + 1)
    await expect(change(world().deps, late, age)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('is refused in another session', async () => {
    const other = request(await make(SESSION), { handle: 'session-2' })
    await expect(change(world().deps, other, START)).rejects.toThrow('proof')
  })
})

describe('a tenant without PIN and pattern', () => {
  it('takes no commitment', async () => {
    const tenant = { ...world().tenant(TENANT).tenant, steps: {} }
    const deps = { ...world().deps, tenant: async () => tenant }
    await expect(register(deps, request(await make()))).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})
