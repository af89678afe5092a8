import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoginWorld, openLoginWorld, SECRET, WRONG } from './world.ts'

let world: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, close } = await openLoginWorld())
})
afterAll(() => close())

const JANE = 'jane@example.com'
const user = async (tenant: string) => (await world.admin('GET', `/v1/tenants/${tenant}/usernames/jane`)).body

describe('a sign-up', () => {
  it('makes a user with an unverified address', async () => {
    const tenant = await world.tenant()
    expect(await world.register(tenant)).toMatchObject({ status: 201, body: null })
    expect(await user(tenant)).toMatchObject({ username: 'jane', email: JANE, is_verified: false, is_disabled: false })
  })

  it('answers the same when the name is taken, tells its owner, and changes nothing', async () => {
    const tenant = await world.tenant()
    const first = await world.register(tenant)
    const handle = await world.begin(tenant)
    const fields = await world.commitment(tenant, 'JANE', 'register', handle, WRONG)
    const body = { username: 'JANE', email: 'mallory@example.com', ...fields }
    const second = await world.send('POST', `/v1/login/register?auth_req_id=${handle}`, body)
    expect([second.status, second.body]).toEqual([first.status, first.body])
    expect(await world.mailTo(tenant, JANE, 'you already have an account')).toBeDefined()
    expect(await world.mailTo(tenant, 'mallory@example.com')).toBeUndefined()
    expect((await world.signIn(tenant, 'jane', SECRET)).status).toBe(200)
  })

  it.each<[string, object, object]>([
    ['the tenant', { register_enable: false }, {}],
    ['the client', {}, { register_enable: false }],
    ['a lock of the client', {}, { is_lock: true }],
  ])('is closed by %s', async (_, tenant, client) => {
    expect((await world.register(await world.tenant(tenant, client))).status).toBe(403)
  })

  it.each<[string, object]>([
    ['a name with other letters', { username: 'jane doe' }],
    ['something that is no address', { email: 'jane' }],
    ['another protocol', { proto_version: 'opaque-r255-1' }],
    ['a commitment of nonsense', { encrypted_commitment: 'a.b.c.d.e' }],
  ])('refuses %s', async (_, more) => {
    expect((await world.register(await world.tenant(), 'jane', more)).status).toBe(422)
  })

  it('refuses a commitment that was made for another pending login', async () => {
    const tenant = await world.tenant()
    const fields = await world.commitment(tenant, 'jane', 'register', await world.begin(tenant))
    expect((await world.register(tenant, 'jane', fields)).status).toBe(422)
  })

  it('wants one identifier where the tenant has one', async () => {
    const tenant = await world.tenant({ has_username_and_email: false })
    expect((await world.register(tenant)).status).toBe(422)
    expect((await world.register(tenant, JANE, { email: JANE })).status).toBe(201)
  })

  it('gives a later user of the same id nothing of an earlier one', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const { user_id } = await user(tenant)
    await world.admin('POST', `/v1/tenants/${tenant}/users/batch/delete`, { users_ids: [user_id] })
    world.pass(1)
    const again = { user_id, username: 'jane', email: JANE, tenant_id: tenant }
    expect((await world.admin('POST', `/v1/tenants/${tenant}/users`, again)).status).toBe(201)
    expect((await world.signIn(tenant)).status).toBe(401)
  })
})

describe('the code that shows that an address is the own', () => {
  const verify = (code: string, ip?: string) =>
    world.send('POST', '/v1/users/email/verify', { code }, ip === undefined ? {} : { ip })

  it('verifies the address, typed with other letters for digits and without hyphens, too', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const code = await world.codeFor(tenant, JANE)
    const typed = code.replaceAll('-', ' ').toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')
    expect((await verify(typed)).status).toBe(200)
    expect((await user(tenant)).is_verified).toBe(true)
  })

  it('works once', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const code = await world.codeFor(tenant, JANE)
    await verify(code)
    expect((await verify(code)).status).toBe(401)
  })

  it('is worth nothing after the address changed', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const code = await world.codeFor(tenant, JANE)
    const { user_id, ...rest } = await user(tenant)
    const path = `/v1/tenants/${tenant}/users/${user_id}`
    await world.admin('PUT', path, { ...rest, user_id, email: 'other@example.com' })
    expect((await verify(code)).status).toBe(401)
    expect((await user(tenant)).is_verified).toBe(false)
  })

  it('is sent again on demand', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const first = await world.codeFor(tenant, JANE)
    const key = await world.keyOf(tenant, (await user(tenant)).user_id)
    world.pass(1)
    await world.send('POST', '/v1/users/me/email/verification', undefined, { key })
    const second = await world.codeFor(tenant, JANE)
    expect(second).not.toBe(first)
    expect((await verify(second)).status).toBe(200)
  })

  it('cannot be guessed for long', async () => {
    const statuses = []
    for (let i = 0; i < 6; i++) statuses.push((await verify('AAAAA', '192.0.2.98')).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  })
})
