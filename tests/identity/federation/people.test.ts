import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { removeUser } from '../../../identity/accounts/user-removal.ts'
import { afterFactor } from '../../../identity/login/factors.ts'
import { requirePending } from '../../../identity/login/pending-login.ts'
import { Browser, completeLogin } from '../oidc/browser.ts'
import { arrive, openStandInWorld, type StandInWorld, signedIn } from './strangers.ts'
import { claimsOf, events, TENANT, textOf, waitAt } from './world.ts'

const USERS = `/v1/tenants/${TENANT}/users`
const COUPLING = 'automated_external_identity_coupling_enabled'
const SEVERAL = 'bind_multiple_external_accounts_with_one_cim_account'

describe('whoever comes from another provider', () => {
  let world: StandInWorld
  let count = 0
  beforeAll(async () => {
    world = await openStandInWorld()
  })
  beforeEach(async () => {
    // Somebody else in every test.
    const name = `person-${++count}`
    world.standIn.person = { sub: name, email: `${name}@example.com`, email_verified: true, preferred_username: name }
    await world.settings({ features: { [COUPLING]: false, [SEVERAL]: false, sign_up_enabled: true } })
  })
  afterAll(() => world.close())

  /** A user of the tenant with the address of whoever is signed in at the stand-in. */
  const owner = async (more: object = {}): Promise<string> => {
    const { sub, email } = world.standIn.person
    const user_id = `own-${sub}`
    const user = { user_id, username: `own-${sub}`, email, tenant_id: TENANT, is_verified: true }
    await world.here.admin('POST', USERS, { ...user, ...more })
    return user_id
  }
  /** Goes on with a login as somebody who has proven who they are by a PIN: `afterFactor` is what every method ends with. */
  const prove = async ({ browser, handle }: Awaited<ReturnType<typeof arrive>>, userId: string) => {
    const { deps } = world.here.service
    const login = await requirePending(deps, handle)
    const mailer = { post: async () => {}, close: async () => {} }
    await afterFactor({ ...deps, mailer } as never, login, { kind: 'knowledge', userId, methods: ['pin'] })
    return completeLogin(world.here, browser, TENANT, handle, { userId, methods: ['pin'], complete: true })
  }

  it('gets an account of their own when nobody here has the verified address', async () => {
    const { sub } = await signedIn(world)
    expect(await world.here.admin('GET', `${USERS}/${sub}`)).toMatchObject({
      username: world.standIn.person.sub,
      email: world.standIn.person.email,
    })
    expect((await events(world)).map(({ event }) => event)).toContain('user.registered')
  })

  it('is offered to take over an old account first where the method says so, also one without the address', async () => {
    const old = await owner({ email: 'old-address@example.com' })
    await world.method({ migration_during_sign_up: true })
    const login = await arrive(world)
    expect(new URL(login.page.headers.get('location') ?? '', world.here.url).pathname).toBe(
      `/${TENANT}/login/with/first`,
    )
    await prove(login, old)
    expect((await signedIn(world)).sub).toBe(old)
    await world.method({ migration_during_sign_up: false })
    const { sub } = world.standIn.person
    world.standIn.person = { ...world.standIn.person, sub: `${sub}-b`, email: `${sub}-b@example.com` }
    expect((await arrive(world)).page.status).toBe(200)
  })

  it('who is offered an old account makes a new one all the same', async () => {
    await world.method({ migration_during_sign_up: true })
    const { browser, page, ...login } = await arrive(world)
    const first = await browser.open(new URL(page.headers.get('location') ?? '', world.here.url).href)
    const done = await browser.submit(first, { decision: 'create' })
    const { sub } = await claimsOf(world, { browser, ...login }, done)
    expect(await world.here.admin('GET', `${USERS}/${sub}`)).toMatchObject({ email: world.standIn.person.email })
    await world.method({ migration_during_sign_up: false })
  })

  it('gets another name when theirs is taken', async () => {
    await owner({ username: world.standIn.person.sub, email: 'somebody@example.com' })
    const { sub } = await signedIn(world)
    expect(await world.here.admin('GET', `${USERS}/${sub}`)).toMatchObject({ username: world.standIn.person.email })
  })

  it('gets no account where nobody can sign up', async () => {
    await world.settings({ features: { sign_up_enabled: false } })
    const { page } = await arrive(world)
    expect([page.status, textOf(await page.text())]).toEqual([403, expect.stringContaining('nobody can sign up')])
  })

  it('is connected unasked when the settings want that and both sides have verified the same address', async () => {
    await world.settings({ features: { [COUPLING]: true } })
    const userId = await owner()
    expect((await signedIn(world)).sub).toBe(userId)
    expect((await signedIn(world)).sub).toBe(userId)
  })

  it.each([
    ['the settings do not want that', {}, {}, {}],
    ['the provider has not verified the address', { [COUPLING]: true }, {}, { email_verified: false }],
    ['the provider does not say that it has', { [COUPLING]: true }, {}, { email_verified: undefined }],
    ['the account here has not shown the address', { [COUPLING]: true }, { is_verified: false }, {}],
    ['the account here is disabled', { [COUPLING]: true }, { is_disabled: true }, {}],
  ])('is not connected unasked when %s', async (_, features, user, claims) => {
    await world.settings({ features })
    await owner(user)
    Object.assign(world.standIn.person, claims)
    const { page } = await arrive(world)
    expect([page.status, page.headers.get('location')]).toEqual([303, expect.stringContaining('/login/with/first')])
  })

  it('is not connected unasked when the ID token has verified another address than the one that counts', async () => {
    await world.settings({ features: { [COUPLING]: true } })
    await owner()
    const { standIn } = world
    const { sub, email } = standIn.person
    standIn.person = { sub, email }
    standIn.bent = { idToken: { email: 'another@example.com', email_verified: true } }
    const { page } = await arrive(world)
    standIn.bent = {}
    expect([page.status, page.headers.get('location')]).toEqual([303, expect.stringContaining('/login/with/first')])
  })

  it('is connected after proving the account here, and is known from then on', async () => {
    const userId = await owner()
    const login = await arrive(world)
    const first = await login.browser.open(world.here.url + login.page.headers.get('location'))
    expect(textOf(await first.text())).toContain(
      `There is an account with the e-mail address ${world.standIn.person.email}.`,
    )
    await prove(login, userId)
    expect((await signedIn(world)).sub).toBe(userId)
    expect((await events(world)).map(({ event }) => event)).toContain('identity.connected')
  })

  it('is not connected with another account than the one of the address', async () => {
    await owner()
    await world.here.admin('POST', USERS, {
      user_id: `x${count}`,
      username: `x${count}`,
      email: `x${count}@example.com`,
      tenant_id: TENANT,
    })
    await prove(await arrive(world), `x${count}`)
    const again = await arrive(world)
    expect(again.page.headers.get('location')).toContain('/login/with/first')
  })

  it('with an address that nobody verified is told nothing about accounts here, and can have a new one', async () => {
    Object.assign(world.standIn.person, { email_verified: false })
    const unknown = await arrive(world)
    const page = async ({ browser, page }: typeof unknown) =>
      textOf(await (await browser.open(world.here.url + page.headers.get('location'))).text())
    const text = await page(unknown)
    const userId = await owner()
    const known = await arrive(world)
    expect(await page(known)).toBe(text)

    const { browser } = known
    const form = await browser.open(world.here.url + known.page.headers.get('location'))
    const created = await browser.submit(form, { decision: 'create' })
    const { sub } = await claimsOf(world, known, created)
    expect(sub).not.toBe(userId)
    expect(await world.here.admin('GET', `${USERS}/${sub}`)).toMatchObject({ is_verified: false })
  })

  it('keeps one account at other providers unless the settings allow several', async () => {
    await world.settings({ features: { [COUPLING]: true } })
    const userId = await owner()
    expect((await signedIn(world)).sub).toBe(userId)
    Object.assign(world.standIn.person, { sub: `second-${count}` })
    expect((await arrive(world)).page.headers.get('location')).toContain('/login/with/first')
    await world.settings({ features: { [SEVERAL]: true } })
    expect((await signedIn(world)).sub).toBe(userId)
  })

  it('is nobody any more when the account here is deleted, and inherits nothing from a later one of the id', async () => {
    await world.settings({ features: { [COUPLING]: true } })
    const userId = await owner()
    await signedIn(world)
    await removeUser(world.here.service.deps, TENANT, userId)
    await owner({ email: 'later@example.com' })
    expect((await signedIn(world)).sub).not.toBe(userId)
  })

  it('is refused when the account here is disabled', async () => {
    const { sub } = await signedIn(world)
    await world.here.admin('PUT', `${USERS}/${sub}`, {
      ...(await world.here.admin<object>('GET', `${USERS}/${sub}`)),
      is_disabled: true,
    })
    const { page } = await arrive(world)
    expect(page.status).toBe(401)
    expect((await events(world)).at(-1)).toMatchObject({ event: 'login.refused', subject: { user_id: sub } })
  })

  it('can go back to the sign-in without being connected', async () => {
    const userId = await owner()
    const login = await arrive(world)
    const start = await login.browser.open(`${world.here.url}/${TENANT}/login?auth_req_id=${login.handle}`)
    const html = await start.text()
    expect(textOf(html)).toContain('is connected with your account')
    const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? ''
    const path = `/${TENANT}/login/with/first?auth_req_id=${login.handle}`
    const body = new URLSearchParams({ csrf, decision: 'forget' })
    await login.browser.open(world.here.url + path, { method: 'POST', body })
    await prove(login, userId)
    expect((await arrive(world)).page.headers.get('location')).toContain('/login/with/first')
  })

  it('stays out of logins that demand one method of one user', async () => {
    expect((await (await waitAt(world)).browser.open(`${world.here.url}/${TENANT}/login/with/none`)).status).toBe(401)
    expect((await new Browser().open(`${world.here.url}/${TENANT}/login/with/${world.id}`)).status).toBe(401)
  })
})
