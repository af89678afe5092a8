import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepOf } from '../../../identity/factors/totp/code.ts'
import { LACKS_OATHTOOL, oathCode, WHY_NO_OATHTOOL } from '../../support/oathtool.ts'
import { PASSWORD, REFUSED } from '../password/world.ts'
import { appCode, openTotpWorld, type TotpWorld } from './world.ts'

let world: TotpWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, close } = await openTotpWorld())
})
afterAll(() => close())

/** RFC 6238, appendix B: the secret of 20 bytes in base32, and the last six digits. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

describe('a code', () => {
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %d is %s (RFC 6238, appendix B)', (seconds, code) => {
    const at = new Date(seconds * 1000)
    expect([stepOf(RFC_SECRET, code, at), appCode(RFC_SECRET, at)]).toEqual([Math.floor(seconds / 30), code])
  })

  it.each([
    [-60, false],
    [-30, true],
    [0, true],
    [30, true],
    [60, false],
  ])('of a clock that is %d seconds off is good: %s', (seconds, isGood) => {
    const now = new Date(1111111120_000)
    const code = appCode(RFC_SECRET, new Date(now.getTime() + seconds * 1000))
    expect(stepOf(RFC_SECRET, code, now) !== undefined).toBe(isGood)
  })

  it.each(['', '28708', '2870821', 'abcdef', '-28708'])('%s is none', (code) => {
    expect(stepOf(RFC_SECRET, code, new Date(59_000))).toBeUndefined()
  })
})

describe('an authenticator app', () => {
  it('is set up by its first code, and confirms a login from then on', async () => {
    const jane = await world.jane()
    const begun = await world.call(jane, 'POST')
    expect(begun.body.address).toContain(`secret=${begun.body.secret}`)
    expect(await world.call(jane, 'GET')).toMatchObject({ body: { created_at: null, recovery_codes_left: 0 } })
    const { secret, recovery } = await world.enrol(jane)
    expect([secret, recovery.length, new Set(recovery).size]).toEqual([begun.body.secret, 10, 10])
    expect(await world.call(jane, 'GET')).toMatchObject({ body: { recovery_codes_left: 10 } })
    expect(await world.signIn(jane.tenant, world.code(secret))).toMatchObject({ body: { need_verify: false } })
  })

  it.skipIf(LACKS_OATHTOOL)(`may be OATH Toolkit${WHY_NO_OATHTOOL}`, async () => {
    const jane = await world.jane()
    const { body } = await world.call(jane, 'POST')
    const code = () => oathCode(body.secret, world.login.clock.now)
    expect((await world.call(jane, 'POST', '/confirm', { code: code() })).status).toBe(200)
    world.login.pass(30)
    expect(await world.signIn(jane.tenant, code())).toMatchObject({ body: { need_verify: false } })
  })

  it('is not kept for a wrong code', async () => {
    const jane = await world.jane()
    await world.call(jane, 'POST')
    expect((await world.call(jane, 'POST', '/confirm', { code: '000000' })).status).toBe(422)
    expect(await world.call(jane, 'GET')).toMatchObject({ body: { created_at: null } })
  })

  it('is one; another takes its place once it is removed', async () => {
    const jane = await world.jane()
    await world.enrol(jane)
    const { secret } = (await world.call(jane, 'POST')).body
    expect((await world.call(jane, 'POST', '/confirm', { code: world.code(secret) })).status).toBe(409)
  })

  it('cannot be removed where the person could not sign in without it', async () => {
    const jane = await world.jane()
    await world.enrol(jane)
    expect((await world.call(jane, 'DELETE')).status).toBe(409)
  })

  it('can be removed where a password is enough; the person is told by mail', async () => {
    const jane = await world.jane()
    await world.enrol(jane)
    await world.passwords.freshOrganization(jane.tenant)
    await world.login.admin('DELETE', `/v1/organizations/${jane.organization}/tenants/${jane.tenant}`)
    expect((await world.call(jane, 'DELETE')).status).toBe(204)
    expect((await world.call(jane, 'DELETE')).status).toBe(404)
    expect(await world.login.mailTo(jane.tenant, 'jane@example.com', 'was removed')).toBeDefined()
  })

  it('is offered where CimFeatures says so, and nowhere else', async () => {
    const jane = await world.jane({ features: { google_authenticator_step_up_authentication_enabled: false } })
    expect((await world.call(jane, 'POST')).status).toBe(403)
  })

  it('leaves no readable secret and no readable recovery code in the store', async () => {
    const jane = await world.jane()
    const { secret, recovery } = await world.enrol(jane)
    const stored = await world.passwords.stored()
    expect([secret, ...recovery].filter((text) => stored.includes(text))).toEqual([])
  })

  it('ends with its user: a later one of the same name has none', async () => {
    const jane = await world.jane()
    await world.enrol(jane)
    await world.login.admin('DELETE', `/scim/v2/${jane.tenant}/Users/jane`)
    await world.passwords.user(jane.tenant)
    const key = await world.login.keyOf(jane.tenant, 'jane')
    expect(await world.call({ ...jane, key }, 'GET')).toMatchObject({ body: { created_at: null } })
  })
})

describe('a recovery code', () => {
  it('takes the place of a code of the app, once, however it is typed', async () => {
    const jane = await world.jane()
    const { recovery } = await world.enrol(jane)
    const [first = ''] = recovery
    const typed = first.toLowerCase().replace('-', ' ')
    expect(await world.signIn(jane.tenant, typed)).toMatchObject({ body: { need_verify: false } })
    expect(await world.signIn(jane.tenant, first)).toMatchObject(REFUSED)
    expect(await world.call(jane, 'GET')).toMatchObject({ body: { recovery_codes_left: 9 } })
  })

  it('is good for nothing once there are new ones', async () => {
    const jane = await world.jane()
    const { recovery } = await world.enrol(jane)
    const renewed = (await world.call(jane, 'POST', '/recovery-codes')).body.recovery_codes
    expect(await world.signIn(jane.tenant, recovery[0] ?? '')).toMatchObject(REFUSED)
    expect(await world.signIn(jane.tenant, renewed[0])).toMatchObject({ body: { need_verify: false } })
  })

  it('is of one person', async () => {
    const [one, other] = [await world.jane(), await world.jane()]
    await world.enrol(one)
    const { recovery } = await world.enrol(other)
    expect(await world.signIn(one.tenant, recovery[0] ?? '')).toMatchObject(REFUSED)
  })
})

describe('a thief', () => {
  it('who looked over a shoulder cannot use the code again, nor that of the enrolment', async () => {
    const jane = await world.jane()
    const { secret } = (await world.call(jane, 'POST')).body
    const first = world.code(secret)
    await world.call(jane, 'POST', '/confirm', { code: first })
    expect(await world.signIn(jane.tenant, first)).toMatchObject(REFUSED)
    world.login.pass(30)
    const code = world.code(secret)
    expect(await world.signIn(jane.tenant, code)).toMatchObject({ body: { need_verify: false } })
    expect(await world.signIn(jane.tenant, code)).toMatchObject(REFUSED)
    world.login.pass(30)
    expect(await world.signIn(jane.tenant, code)).toMatchObject(REFUSED)
  })

  it('who sends one code many times at once gets one login at most', async () => {
    const jane = await world.jane()
    const { secret } = await world.enrol(jane)
    const logins = await Promise.all([1, 2, 3, 4].map(() => world.begin(jane.tenant)))
    const answers = await Promise.all(logins.map((login) => world.confirm(login, world.code(secret))))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('who knows the password is stopped when guessing codes, however often the password is right in between', async () => {
    const jane = await world.jane()
    const { secret } = await world.enrol(jane)
    const statuses: number[] = []
    for (let i = 0; i < 20 && !statuses.includes(429); i++)
      statuses.push((await world.signIn(jane.tenant, '000000')).status)
    expect(statuses.at(-1)).toBe(429)
    expect((await world.signIn(jane.tenant, world.code(secret))).status).toBe(429)
    await world.login.admin('DELETE', `/v1/tenants/${jane.tenant}/blocked-users/jane`)
    expect(await world.signIn(jane.tenant, world.code(secret))).toMatchObject({ body: { need_verify: false } })
  })

  it('who has a code and no password gets nowhere', async () => {
    const jane = await world.jane()
    const { secret } = await world.enrol(jane)
    const handle = await world.login.begin(jane.tenant)
    expect(await world.confirm({ handle, nonce: 'x' }, world.code(secret))).toMatchObject(REFUSED)
    const own = await world.begin(jane.tenant)
    expect(await world.confirm({ handle: own.handle, nonce: 'guessed' }, world.code(secret))).toMatchObject(REFUSED)
  })

  it('who knows the password cannot set up a passkey in place of the app', async () => {
    const jane = await world.jane({}, { passkey_enabled: true })
    const options = async () => {
      const { handle, nonce } = await world.begin(jane.tenant)
      return world.login.send('POST', `/v1/webauthn/registration/options?auth_req_id=${handle}&nonce=${nonce}`)
    }
    expect((await options()).status).toBe(200)
    await world.enrol(jane)
    expect(await options()).toMatchObject(REFUSED)
  })
})

describe('a client that asks for a level', () => {
  const units = {
    features: { google_authenticator_step_up_authentication_enabled: true },
    step_up: { authentication_methods: { google_authenticator_authentication_level: 3 } },
  }

  it('gets that of CimStepUp by the app', async () => {
    const jane = await world.jane(units)
    const { secret } = await world.enrol(jane)
    const login = await world.begin(jane.tenant, { acr_values: 'urn:plumbline:acr:level:3' })
    expect(await world.confirm(login, world.code(secret))).toMatchObject({ body: { need_verify: false } })
  })

  it('gets no login above it', async () => {
    const jane = await world.jane(units)
    await world.enrol(jane)
    const handle = await world.login.begin(jane.tenant, { acr_values: 'urn:plumbline:acr:level:4' })
    const answer = { username: 'jane', password: PASSWORD }
    const sent = await world.login.send('POST', `/v1/login/password?auth_req_id=${handle}`, answer)
    expect(sent).toMatchObject(REFUSED)
  })
})
