import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newRequest, openApplication, tokensOf } from '../oidc/application.ts'
import { Browser, completeLogin, reachLogin } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld, REDIRECT } from '../oidc/world.ts'
import { thiefOf } from './thief.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

const { userinfo } = thiefOf(() => world)

describe('a token of a person', () => {
  it('gives no right of the administration, whatever scope it has', async () => {
    const app = await openApplication(world, { allowed_scopes: ['users:read'] })
    const { access_token } = await tokensOf(world, app, 'openid users:read')
    const answers = [`/v1/tenants/${app.tenant}/users`, `/v1/api-keys?tenant_id=${app.tenant}`, '/v1/tenants']
    expect(await Promise.all(answers.map(async (p) => (await userinfo(p, access_token)).status))).toEqual([
      403, 403, 403,
    ])
  })

  it('shows the own record and the own keys', async () => {
    const app = await openApplication(world)
    const { access_token } = await tokensOf(world, app)
    const me = (await (await userinfo('/v1/userinfo', access_token)).json()) as Record<string, unknown>
    const keys = await (await userinfo('/v1/users/me/keys', access_token)).json()
    expect([me.sub, me.user_id, me.tenant_id, keys]).toEqual(['ada', 'ada', app.tenant, { api_keys: [] }])
  })

  it('is refused in the name of another tenant', async () => {
    const [app, other] = [await openApplication(world), await openApplication(world)]
    const { access_token } = await tokensOf(world, app)
    const renamed = access_token.replace(app.tenant, other.tenant)
    const answers = [
      await userinfo('/v1/userinfo', renamed),
      await userinfo(`/${other.tenant}/oidc/userinfo`, access_token),
    ]
    expect(answers.map((a) => a.status)).toEqual([401, 401])
  })
})

describe('the session of a browser', () => {
  it('in one tenant is none in another', async () => {
    const [app, other, browser] = [await openApplication(world), await openApplication(world), new Browser()]
    await tokensOf(world, app, 'openid', { browser })
    expect(await reachLogin(world, browser, (await newRequest(other)).address)).toMatch(/^[\w-]{43}$/)
  })

  it('is kept in a cookie that scripts cannot read', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    const before = await reachLogin(world, browser, (await newRequest(app)).address)
    const answer = await completeLogin(world, browser, app.tenant, before)
    expect(answer.headers.getSetCookie().some((c) => c.startsWith('plumbline_session=') && /httponly/i.test(c))).toBe(
      true,
    )
  })
})

describe('a client registration', () => {
  it('cannot carry more rights than who makes it', async () => {
    const tenant = await world.tenant()
    const key = await world.admin<{ api_key: string }>('POST', '/v1/api-keys', {
      name: 'k',
      scopes: ['clients:write'],
      tenant_id: tenant,
    })
    const headers = { 'x-api-key': key.api_key, 'content-type': 'application/json' }
    const body = {
      client_id: 'c',
      name: 'C',
      tenant_id: tenant,
      allowed_scopes: ['users:write'],
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'client_secret_post',
    }
    const answer = await fetch(`${world.url}/v1/clients`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(answer.status).toBe(403)
  })
})
