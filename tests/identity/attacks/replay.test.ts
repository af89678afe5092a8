import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueTicket } from '../../../identity/oidc/login-ticket.ts'
import { newRequest, OFFLINE, openApplication, own, tokensOf } from '../oidc/application.ts'
import { ADA, Browser, reachLogin, target } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { thiefOf } from './thief.ts'

let world: OidcWorld
let ahead = 0
beforeAll(async () => {
  world = await openOidcWorld({ now: () => new Date(Date.now() + ahead) })
})
afterAll(() => world.close())

/** Milliseconds after which a used refresh token counts as stolen. */
const PAST_GRACE = 11_000
const { stolenCode, token, userinfo, disableAda } = thiefOf(() => world)

describe('a code', () => {
  it('works once; its replay ends what it gave', async () => {
    const app = await openApplication(world)
    const form = { ...(await stolenCode(app)), ...own(app) }
    const first = await token(app.tenant, form)
    const second = await token(app.tenant, form)
    expect([first.status, second.status, second.body.error]).toEqual([200, 400, 'invalid_grant'])
    expect((await userinfo('/v1/userinfo', first.body.access_token)).status).toBe(401)
  })

  it('gives tokens to at most one of many parallel callers', async () => {
    const app = await openApplication(world)
    const form = { ...(await stolenCode(app)), ...own(app) }
    const answers = await Promise.all(Array.from({ length: 10 }, () => token(app.tenant, form)))
    expect(answers.filter((a) => a.status === 200).length).toBeLessThanOrEqual(1)
    expect(new Set(answers.filter((a) => a.status !== 200).map((a) => a.body.error))).toEqual(
      new Set(['invalid_grant']),
    )
  })

  it('is of no use to another client of the tenant', async () => {
    const app = await openApplication(world)
    const foreign = await openApplication(world, { client_id: 'foreign' }, app.tenant)
    const { status, body } = await token(app.tenant, { ...(await stolenCode(app)), ...own(foreign) })
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
  })

  it('is of no use in another tenant, to a client of the same name and secret', async () => {
    const secret = 'a-secret-that-two-tenants-share'
    const [app, other] = [
      await openApplication(world, { client_secret: secret }),
      await openApplication(world, { client_secret: secret }),
    ]
    const { status, body } = await token(other.tenant, { ...(await stolenCode(app)), ...own(app) })
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
  })
})

describe('PKCE', () => {
  it.each([
    ['without the verifier', { code_verifier: '' }],
    ['with another verifier', { code_verifier: 'x'.repeat(43) }],
  ])('refuses a code %s', async (_case, change) => {
    const app = await openApplication(world, { client_type: 'public' })
    const form = { ...(await stolenCode(app)), ...change, client_id: app.clientId }
    const { status, body } = await token(app.tenant, form)
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
  })

  it.each([
    ['no challenge', { code_challenge: '', code_challenge_method: '' }],
    ['the method plain', { code_challenge_method: 'plain' }],
  ])('refuses an authorization request of a public client with %s', async (_case, extra) => {
    const app = await openApplication(world, { client_type: 'public' })
    const { address } = await newRequest(app, 'openid', extra)
    for (const [name, value] of Object.entries(extra)) if (value === '') address.searchParams.delete(name)
    const back = target(await new Browser().open(address.href), world.url)
    expect(back.searchParams.get('error')).toBe('invalid_request')
  })
})

describe('a refresh token', () => {
  it('that comes back a second time ends the grant and the session', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    const tokens = await tokensOf(world, app, 'openid offline_access', { ...OFFLINE, browser })
    const old = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token), ...own(app) }
    const fresh = await token(app.tenant, old)
    ahead += PAST_GRACE
    const replay = await token(app.tenant, old)
    const thief = await token(app.tenant, { ...old, refresh_token: fresh.body.refresh_token })
    expect([fresh.status, replay.body.error, thief.body.error]).toEqual([200, 'invalid_grant', 'invalid_grant'])
    expect(await reachLogin(world, browser, (await newRequest(app)).address)).toMatch(/^[\w-]{43}$/)
  })

  it('is of no use to another client', async () => {
    const app = await openApplication(world)
    const foreign = await openApplication(world, { client_id: 'foreign' }, app.tenant)
    const tokens = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    const form = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token), ...own(foreign) }
    expect((await token(app.tenant, form)).body.error).toBe('invalid_grant')
  })

  it('stops working when the account is disabled', async () => {
    const app = await openApplication(world)
    const tokens = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    await disableAda(app.tenant)
    await expect(client.refreshTokenGrant(app.config, String(tokens.refresh_token))).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    expect((await userinfo('/v1/userinfo', tokens.access_token)).status).toBe(401)
  })
})

describe('a login ticket', () => {
  const complete = (browser: Browser, tenant: string, auth_req_id: string, nonce: string) =>
    browser.open(`${world.url}/${tenant}/oidc/complete?${new URLSearchParams({ auth_req_id, nonce })}`)

  async function pendingLogin() {
    const [app, browser] = [await openApplication(world), new Browser()]
    const handle = await reachLogin(world, browser, (await newRequest(app)).address)
    return { app, browser, handle }
  }

  it('works once', async () => {
    const { app, browser, handle } = await pendingLogin()
    const ticket = await issueTicket(world.service.deps, handle, ADA)
    const answers = [
      await complete(browser, app.tenant, handle, ticket),
      await complete(browser, app.tenant, handle, ticket),
    ]
    expect(answers.map((a) => a.status)).toEqual([303, 401])
  })

  it('works only in the browser that began the login', async () => {
    const { app, handle } = await pendingLogin()
    const ticket = await issueTicket(world.service.deps, handle, ADA)
    expect((await complete(new Browser(), app.tenant, handle, ticket)).status).toBe(401)
  })

  it('works only for its own login', async () => {
    const { app, browser, handle } = await pendingLogin()
    const other = await reachLogin(world, browser, (await newRequest(app)).address)
    const ticket = await issueTicket(world.service.deps, other, ADA)
    expect((await complete(browser, app.tenant, handle, ticket)).status).toBe(401)
  })

  it('works only in its own tenant', async () => {
    const { browser, handle } = await pendingLogin()
    const ticket = await issueTicket(world.service.deps, handle, ADA)
    expect((await complete(browser, await world.tenant(), handle, ticket)).status).toBe(401)
  })

  it('does not work while a factor is missing', async () => {
    const { app, browser, handle } = await pendingLogin()
    const ticket = await issueTicket(world.service.deps, handle, { ...ADA, complete: false })
    expect((await complete(browser, app.tenant, handle, ticket)).status).toBe(401)
  })

  it('is not given for a login that is not pending', async () => {
    await expect(issueTicket(world.service.deps, 'unknown', ADA)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})
