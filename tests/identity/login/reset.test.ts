import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoginSecret } from '../../../identity/proof/secret-bytes.ts'
import { CLIENT, type LoginWorld, openLoginWorld, SECRET, WRONG } from './world.ts'

let world: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, close } = await openLoginWorld())
})
afterAll(() => close())

const REFUSED = { status: 401, body: { detail: 'the login was not accepted' } }
const NEW_SECRET: LoginSecret = { pin: '918273', pattern: [0, 3, 6, 7, 8] }
const JANE = 'jane@example.com'

/** A tenant whose user `jane` has a verified address. */
async function withJane(more: object = {}): Promise<string> {
  const tenant = await world.tenant(more)
  await world.register(tenant)
  await world.send('POST', '/v1/users/email/verify', { code: await world.codeFor(tenant, JANE) })
  return tenant
}

const request = (tenant: string, body: object = { username: 'jane', email: JANE }, client = CLIENT) =>
  world.send('POST', `/v1/password/reset-request?client_id=${client}&tenant_id=${tenant}`, body)

/** A new login secret, proven for `handle` (the code). */
const fields = (tenant: string, code: string, username = 'jane', handle = code) =>
  world.commitment(tenant, username, 'reset', handle, NEW_SECRET).then((f) => ({ ...f, code, username }))

const reset = (body: object, ip = world.address()) => world.send('POST', '/v1/password/reset', body, { ip })
const messages = async (tenant: string) =>
  (await world.admin('GET', `/v1/tenants/${tenant}/outbox?limit=100`)).body.messages
const resets = async (tenant: string) =>
  (await messages(tenant)).filter((m: { subject: string }) => m.subject.includes('reset your login secret')).length

async function codeFor(tenant: string): Promise<string> {
  await request(tenant)
  return world.codeFor(tenant, JANE, 'reset your login secret')
}

describe('a reset by a mailed code', () => {
  it('replaces the login secret', async () => {
    const tenant = await withJane()
    const code = await codeFor(tenant)
    expect((await reset(await fields(tenant, code))).status).toBe(200)
    expect((await world.signIn(tenant, 'jane', NEW_SECRET)).status).toBe(200)
    expect(await world.signIn(tenant, 'jane', SECRET)).toMatchObject(REFUSED)
  })

  it('tells the owner', async () => {
    const tenant = await withJane()
    await reset(await fields(tenant, await codeFor(tenant)))
    expect((await messages(tenant)).map((m: { subject: string }) => m.subject)).toContain(
      `${tenant}: your login secret was changed`,
    )
  })

  it('lifts the block of the account', async () => {
    const tenant = await withJane({ block_config: { user_attempts_limit: 2 } })
    const code = await codeFor(tenant)
    const body = await fields(tenant, code)
    for (let i = 0; i < 2; i++) await world.signIn(tenant, 'jane', WRONG)
    world.pass(60)
    await reset(body)
    expect((await world.signIn(tenant, 'jane', NEW_SECRET)).status).toBe(200)
  })
})

describe('a code is refused when it', () => {
  it('was used', async () => {
    const tenant = await withJane()
    const body = await fields(tenant, await codeFor(tenant))
    await reset(body)
    expect(await reset(body)).toMatchObject(REFUSED)
  })

  it('expired', async () => {
    const tenant = await withJane()
    const body = await fields(tenant, await codeFor(tenant))
    world.pass(15 * 60)
    expect(await reset(body)).toMatchObject(REFUSED)
  })

  it('comes with the name of somebody else', async () => {
    const tenant = await withJane()
    const code = await codeFor(tenant)
    expect(await reset(await fields(tenant, code, 'joe'))).toMatchObject(REFUSED)
  })

  it('was never given out', async () => {
    const tenant = await withJane()
    expect(await reset(await fields(tenant, 'AAAAA-AAAAA-AAAAA-AAAAA'))).toMatchObject(REFUSED)
  })

  it('was mailed to verify an address', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const code = await world.codeFor(tenant, JANE)
    expect(await reset(await fields(tenant, code))).toMatchObject(REFUSED)
  })

  it('is guessed: after five tries the address is blocked', async () => {
    const tenant = await withJane()
    const body = await fields(tenant, 'AAAAA-AAAAA-AAAAA-AAAAA')
    const statuses = []
    for (let i = 0; i < 6; i++) statuses.push((await reset(body, '192.0.2.99')).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  })

  it('is bound to another commitment', async () => {
    const tenant = await withJane()
    const code = await codeFor(tenant)
    expect((await reset(await fields(tenant, code, 'jane', 'another code'))).status).toBe(422)
  })
})

describe('a request for a code answers the same and sends nothing for', () => {
  it.each<[string, { username: string; email: string }]>([
    ['a name that nobody has', { username: 'nobody', email: JANE }],
    ['the address of somebody else', { username: 'jane', email: 'evil@example.com' }],
  ])('%s', async (_, body) => {
    const tenant = await withJane()
    const { status, body: answer } = await request(tenant, body)
    expect([status, answer, await resets(tenant)]).toEqual([200, null, 0])
  })

  it('an address that was never verified', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    expect([(await request(tenant)).status, await resets(tenant)]).toEqual([200, 0])
  })

  it('a client that is unknown', async () => {
    const tenant = await withJane()
    expect([(await request(tenant, undefined, 'unknown')).status, await resets(tenant)]).toEqual([200, 0])
  })

  it('a tenant that is unknown', async () => {
    expect((await request('unknown')).status).toBe(200)
  })

  it('the same account again within a minute', async () => {
    const tenant = await withJane()
    for (let i = 0; i < 3; i++) await request(tenant)
    expect(await resets(tenant)).toBe(1)
  })
})
