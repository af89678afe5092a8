import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoginWorld } from '../login/world.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from '../password/world.ts'
import { sendForm } from './forms.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

const JANE = 'jane@example.com'
const DAY = 24 * 3600
const IN = { status: 200, body: { need_verify: false } }

const delivered = (more: object = {}, type = 'EXTERNALLY_DELIVERED_CODE') => ({
  accepting_invitation_enabled: true,
  person_activation: {
    enabled: true,
    type,
    expiration_time: 10 * DAY,
    ...(type === 'EMAIL' ? {} : { externally_delivered_code: more }),
  },
})

/** A tenant of these features. */
async function place(features: object): Promise<string> {
  const { tenant, organization } = await world.tenant()
  await world.cim(organization, { features })
  return tenant
}

/** A tenant of these features at which jane has just signed up, with a PIN and a pattern. */
async function signedUp(features: object): Promise<string> {
  const tenant = await place(features)
  expect((await login.register(tenant)).status).toBe(201)
  return tenant
}

const letters = async (tenant: string): Promise<readonly string[]> => {
  const { body } = await login.admin('GET', `/v1/tenants/${tenant}/outbox?limit=100`)
  const texts: readonly { channel?: string; text: string }[] = body.messages
  return texts.filter(({ channel }) => channel === 'letter').map(({ text }) => /\d{8}$/.exec(text)?.[0] ?? '')
}
const activate = (tenant: string, code = '', username = 'jane') =>
  login.send('POST', '/v1/users/activate', { tenant_id: tenant, username, code })
const confirmAddress = async (tenant: string) =>
  login.send('POST', '/v1/users/email/verify', { code: await login.codeFor(tenant, JANE) })

describe('personActivation.type', () => {
  it('Email: the mailed code makes a new person active, and no letter is written', async () => {
    const tenant = await signedUp(delivered({}, 'EMAIL'))
    expect(await login.signIn(tenant)).toMatchObject(REFUSED)
    expect(await letters(tenant)).toEqual([])
    await confirmAddress(tenant)
    expect(await login.signIn(tenant)).toMatchObject(IN)
  })

  it('ExternallyDeliveredCode: the code of the letter does, and a confirmed address is not enough', async () => {
    const tenant = await signedUp(delivered())
    await confirmAddress(tenant)
    expect(await login.signIn(tenant)).toMatchObject(REFUSED)
    const [code] = await letters(tenant)
    expect((await activate(tenant, code)).status).toBe(200)
    expect(await login.signIn(tenant)).toMatchObject(IN)
    expect(await activate(tenant, code)).toMatchObject(REFUSED)
  })

  it('ExternallyDeliveredCode: the page takes the code as well', async () => {
    const tenant = await signedUp(delivered())
    const [code = ''] = await letters(tenant)
    const wrong = await sendForm(login, `/${tenant}/activate`, { username: 'jane', code: '00000000' })
    expect(wrong.status).toBe(401)
    expect((await sendForm(login, `/${tenant}/activate`, { username: 'jane', code })).status).toBe(200)
    expect(await login.signIn(tenant)).toMatchObject(IN)
  })

  it('ExternallyDeliveredCode: who was there before signs in as ever; who is not confirmed gets a letter', async () => {
    const tenant = await place(delivered())
    await world.user(tenant, 'old')
    expect(await world.signIn(tenant, PASSWORD, { username: 'old' })).toMatchObject(IN)
    await world.user(tenant, 'jane', PASSWORD, { is_verified: false })
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
    const [code] = await letters(tenant)
    await activate(tenant, code)
    expect(await world.signIn(tenant)).toMatchObject(IN)
  })
})

describe('the delivered code', () => {
  it('is good after its unavailability, and until its time is over', async () => {
    const features = delivered({ unavailability_time: 2 * DAY })
    const [early, late] = [await signedUp(features), await signedUp(features)]
    const [code, other] = [(await letters(early))[0], (await letters(late))[0]]
    expect(await activate(early, code)).toMatchObject(REFUSED)
    login.pass(2 * DAY)
    expect((await activate(early, code)).status).toBe(200)
    login.pass(8 * DAY + 1)
    expect(await activate(late, other)).toMatchObject(REFUSED)
  })

  it('stays good while logins are tried, and comes again at a login once its time is over', async () => {
    const tenant = await signedUp(delivered())
    const [first] = await letters(tenant)
    await login.signIn(tenant)
    expect(await letters(tenant)).toEqual([first])
    login.pass(10 * DAY + 1)
    await login.signIn(tenant)
    const [again] = await letters(tenant)
    expect(await activate(tenant, first)).toMatchObject(REFUSED)
    expect((await activate(tenant, again)).status).toBe(200)
  })

  it.each([
    [3 * DAY, 429],
    [0, 200],
  ])('comes again for an administrator, no sooner than resendMinimumSeconds: %i', async (seconds, status) => {
    const tenant = await signedUp(delivered({ resend_code_minimum_period: seconds }))
    const [first] = await letters(tenant)
    const again = async () =>
      login.admin('POST', `/v1/tenants/${tenant}/users/${await login.userId(tenant)}/activation`)
    expect((await again()).status).toBe(status)
    login.pass(3 * DAY)
    expect((await again()).status).toBe(200)
    expect(await activate(tenant, first)).toMatchObject(REFUSED)
  })

  it('is of one account of one tenant, and bears five tries', async () => {
    const [tenant, other] = [await signedUp(delivered()), await signedUp(delivered())]
    const [code, theirs] = [(await letters(tenant))[0], (await letters(other))[0]]
    expect(await activate(tenant, theirs)).toMatchObject(REFUSED)
    expect(await activate('nobody', code)).toMatchObject(REFUSED)
    for (let i = 0; i < 4; i++) await activate(tenant, '00000000')
    login.pass(3600)
    expect(await activate(tenant, code)).toMatchObject(REFUSED)
  })

  it('tells a stranger nothing: names that somebody has and free ones get the same answer, and one letter at most', async () => {
    const tenant = await signedUp(delivered())
    expect((await login.register(tenant)).status).toBe(201)
    expect((await login.register(tenant, 'joe')).status).toBe(201)
    expect(await letters(tenant)).toHaveLength(2)
  })
})

describe('forceActivationAfterAcceptingInvitation', () => {
  /** Accepts an invitation, and chooses a password. */
  async function accepted(features: object): Promise<string> {
    const tenant = await place(features)
    await login.admin('POST', `/v1/tenants/${tenant}/invitations`, { email: JANE, username: 'jane' })
    const code = await login.codeFor(tenant, JANE, 'you are invited')
    const { body } = await login.send('POST', '/v1/invitations/accept', { code })
    const chosen = { username: 'jane', code: body.secret_code, new_password: PASSWORD }
    await login.send('POST', `/v1/password/text/reset?tenant_id=${tenant}`, chosen)
    return tenant
  }

  it('on: invited people need the letter, too', async () => {
    const tenant = await accepted(delivered({ force_activation_after_accepting_invitation: true }))
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
    const [code] = await letters(tenant)
    expect((await activate(tenant, code)).status).toBe(200)
    expect(await world.signIn(tenant)).toMatchObject(IN)
  })

  it('off: the invitation is enough', async () => {
    const tenant = await accepted(delivered())
    expect(await letters(tenant)).toEqual([])
    expect(await world.signIn(tenant)).toMatchObject(IN)
  })
})
