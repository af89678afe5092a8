import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENTS } from '../../../identity/directory/clients.ts'
import { newRequest, OFFLINE, openApplication, own, post, tokensOf } from '../oidc/application.ts'
import { Browser, completeLogin, reachLogin } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { thiefOf } from './thief.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

const { stolenCode, token, userinfo, disableAda } = thiefOf(() => world)

describe('a disabled account', () => {
  it('cannot complete a login, and its session signs in to nothing', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    await tokensOf(world, app, 'openid', { browser })
    await disableAda(app.tenant)
    const handle = await reachLogin(world, browser, (await newRequest(app)).address)
    expect((await completeLogin(world, browser, app.tenant, handle)).status).toBe(401)
  })
})

describe('a locked client', () => {
  async function locked() {
    const app = await openApplication(world)
    const tokens = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    const code = await stolenCode(app)
    await world.service.deps.store.update(CLIENTS, app.tenant, app.clientId, (old) => ({ ...old, is_lock: true }))
    return { app, tokens, code }
  }

  it('starts nothing and fetches nothing', async () => {
    const { app, tokens, code } = await locked()
    const authorize = await new Browser().open((await newRequest(app)).address.href)
    const answers = [
      await token(app.tenant, { ...code, ...own(app) }),
      await token(app.tenant, {
        grant_type: 'refresh_token',
        refresh_token: String(tokens.refresh_token),
        ...own(app),
      }),
      await token(app.tenant, { grant_type: 'client_credentials', ...own(app) }),
      await post(world, `/${app.tenant}/oidc/par`, own(app)),
      await post(world, `/${app.tenant}/oidc/device_authorization`, own(app)),
    ]
    expect([authorize.status, ...answers.map((a) => a.body.error)]).toEqual([400, ...Array(5).fill('invalid_client')])
  })

  it('is not shown to the public; what it has runs out by itself', async () => {
    const { app, tokens } = await locked()
    const shown = await fetch(`${world.url}/v1/login/client?client_id=web&tenant_id=${app.tenant}`)
    expect(shown.status).toBe(404)
    expect((await userinfo(`/${app.tenant}/oidc/userinfo`, tokens.access_token)).status).toBe(200)
  })
})

describe('a client secret', () => {
  it('that is wrong, and the stored hash in its place, are refused', async () => {
    const app = await openApplication(world)
    const stored = await world.service.deps.store.get(CLIENTS, app.tenant, 'web')
    const attempts = ['wrong', String(stored?.secret_hash)].map((client_secret) =>
      token(app.tenant, { grant_type: 'client_credentials', client_id: 'web', client_secret }),
    )
    expect((await Promise.all(attempts)).map((a) => [a.status, a.body.error])).toEqual(
      Array(2).fill([401, 'invalid_client']),
    )
  })
})
