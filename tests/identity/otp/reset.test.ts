import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoginWorld } from '../login/world.ts'
import { SECRET } from '../login/world.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from '../password/world.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

const JANE = 'jane@example.com'
const NEXT = 'another long password'

const NEW_ADDRESS = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', path: 'emails', value: [{ value: 'jane@elsewhere.example', primary: true }] }],
}

interface Place {
  readonly tenant: string
  readonly organization: string
}

/** A tenant of an organization with numeric reset codes of eight digits, good for two minutes. */
async function withJane(): Promise<Place> {
  const place = await world.tenant()
  const config = { digitTokenEnabled: true, digitTokenLength: 8, digitTokenDurationMinutes: 2 }
  await world.sailpoint(place.organization, config)
  await world.user(place.tenant)
  return place
}

const ask = ({ tenant }: Place, username = 'jane', email = JANE) =>
  login.send('POST', `/v1/password/reset-request?client_id=shop&tenant_id=${tenant}`, { username, email })

async function codeFor(place: Place): Promise<string> {
  await ask(place)
  const text = (await login.mailTo(place.tenant, JANE, 'reset your login secret'))?.text ?? ''
  return /\b\d{8}\b/.exec(text)?.[0] ?? text
}

const reset = ({ tenant }: Place, code: string, username = 'jane') =>
  login.send('POST', `/v1/password/text/reset?tenant_id=${tenant}`, { username, code, new_password: NEXT })

describe('a numeric reset code', () => {
  it('has as many digits as the organization says, and sets a password', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    expect(code).toMatch(/^\d{8}$/)
    expect((await reset(place, code)).status).toBe(200)
    expect((await world.signIn(place.tenant, NEXT)).status).toBe(200)
  })

  it('says in its message how long it is good, and is refused after that', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    expect((await login.mailTo(place.tenant, JANE, 'reset'))?.text).toContain('within 2 minutes')
    login.pass(120)
    expect(await reset(place, code)).toMatchObject(REFUSED)
  })

  it('serves once', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    await reset(place, code)
    expect(await reset(place, code)).toMatchObject(REFUSED)
  })

  it('is void once the password was replaced by another way', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    await world.setPassword(place.tenant, 'jane', 'set by an administrator')
    expect(await reset(place, code)).toMatchObject(REFUSED)
    expect((await world.signIn(place.tenant, 'set by an administrator')).status).toBe(200)
  })

  it('is void once the account has another address', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    await login.admin('PATCH', `/scim/v2/${place.tenant}/Users/jane`, NEW_ADDRESS)
    expect(await reset(place, code)).toMatchObject(REFUSED)
  })

  it('is refused once the organization switches numeric codes off', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    await world.sailpoint(place.organization, { digitTokenEnabled: false })
    expect(await reset(place, code)).toMatchObject(REFUSED)
    expect((await world.signIn(place.tenant, PASSWORD)).status).toBe(200)
  })

  it('bears five tries', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    for (let i = 0; i < 5; i++)
      await reset(
        place,
        code.replace(/\d$/, (d) => String((Number(d) + 1) % 10)),
      )
    expect(await reset(place, code)).toMatchObject(REFUSED)
  })

  it('of nobody is answered as one of somebody', async () => {
    const place = await withJane()
    const seen = async (username: string) => [
      await ask(place, username).then((a) => [a.status, a.body]),
      await reset(place, '00000000', username).then((a) => [a.status, a.body]),
    ]
    expect(await seen('nobody')).toEqual(await seen('jane'))
  })

  it('sets another PIN and pattern, too, when the tenant is named', async () => {
    const tenant = await login.tenant()
    await login.register(tenant)
    await login.send('POST', '/v1/users/email/verify', { code: await login.codeFor(tenant, JANE) })
    const place = { tenant, organization: await world.attach(tenant) }
    await world.sailpoint(place.organization, { digitTokenEnabled: true, digitTokenLength: 8 })
    const code = await codeFor(place)
    const secret = { ...SECRET, pin: '918273' }
    const fields = await login.commitment(place.tenant, 'jane', 'reset', code, secret)
    const send = (query: string) =>
      login.send('POST', `/v1/password/reset${query}`, { ...fields, code, username: 'jane' })
    expect(await send('')).toMatchObject(REFUSED)
    expect((await send(`?tenant_id=${place.tenant}`)).status).toBe(200)
    expect((await login.signIn(place.tenant, 'jane', secret)).status).toBe(200)
  })
})
