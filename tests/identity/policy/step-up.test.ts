import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ORGANIZATIONS } from '../../../identity/directory/organizations.ts'
import { CIM, type CimState } from '../../../identity/settings/cim/state.ts'
import { changeSettings } from '../../../identity/settings/store.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { type Application, newRequest, openApplication, tokensOf } from '../oidc/application.ts'
import { ADA, Browser, reachLogin, signIn } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'

const LEVEL_4 = 'urn:plumbline:acr:level:4'
const STRONG = { ...ADA, methods: ['pin', 'passkey'] } as const

let world: OidcWorld
let app: Application
beforeAll(async () => {
  world = await openOidcWorld()
  const tenant = await world.tenant()
  const { is_2fa: _, ...fields } = await world.admin<Record<string, unknown>>('GET', `/v1/tenants/${tenant}`)
  await world.admin('PUT', `/v1/tenants/${tenant}`, { ...fields, passkey_enabled: true })
  app = await openApplication(world, {}, tenant)
  await world.admin('POST', '/v1/organizations', { organization_id: 'acme' })
  await world.admin('PUT', `/v1/organizations/acme/tenants/${tenant}`)
  const organization = await world.service.deps.store.get(ORGANIZATIONS, GLOBAL, 'acme')
  if (!organization) throw new Error('the organization was not made')
  await changeSettings(
    world.service.deps,
    organization,
    CIM,
    (state): CimState => ({
      ...state,
      features: { ...state.features, pin_enabled: true, mobile_authentication_enabled: true },
      step_up: {
        authentication_methods: { pin_authentication_level: 2, push_authentication_level: 5 },
        actions: {
          dashboard_step_up_authentication_level: 2,
          setup_step_up_methods_authentication_level: 4,
          change_password_authentication_level: 4,
          allow_set_initial_step_up_method_enabled: false,
        },
      },
    }),
  )
})
afterAll(() => world.close())

async function claimsOf(browser: Browser, acr_values: string, login: Parameters<typeof signIn>[4]) {
  const { address, checks } = await newRequest(app, 'openid', { acr_values })
  const back = await signIn(world, browser, app.tenant, address, login)
  return (await client.authorizationCodeGrant(app.config, back, checks)).claims()
}

describe('an acr that a client asks for', () => {
  it('is told when the login has it', async () => {
    expect(await claimsOf(new Browser(), LEVEL_4, STRONG)).toMatchObject({ acr: LEVEL_4, amr: ['pin', 'pop', 'mfa'] })
  })

  it('takes another login when the session lacks it', async () => {
    const browser = new Browser()
    await tokensOf(world, app, 'openid', { browser })
    expect(await claimsOf(browser, LEVEL_4, STRONG)).toMatchObject({ acr: LEVEL_4 })
  })

  it('takes none when the session has it', async () => {
    const browser = new Browser()
    await claimsOf(browser, LEVEL_4, STRONG)
    const { address } = await newRequest(app, 'openid', { acr_values: LEVEL_4, prompt: 'none' })
    const answer = await browser.open(address.href)
    expect(new URL(String(answer.headers.get('location'))).searchParams.has('code')).toBe(true)
  })

  it('is not told to a client that asked for another one, or for none', async () => {
    const browser = new Browser()
    await claimsOf(browser, LEVEL_4, STRONG)
    const { address, checks } = await newRequest(app)
    const back = new URL(String((await browser.open(address.href)).headers.get('location')))
    const tokens = await client.authorizationCodeGrant(app.config, back, checks)
    expect(tokens.claims()).toMatchObject({ acr: 'urn:plumbline:acr:multi-factor' })
  })

  it('that nobody reaches is refused at once', async () => {
    const { address } = await newRequest(app, 'openid', { acr_values: 'urn:plumbline:acr:level:9' })
    const answer = await new Browser().open(address.href)
    const back = new URL(String(answer.headers.get('location')))
    expect(back.searchParams.get('error')).toBe('unmet_authentication_requirements')
  })
})

describe('max_age', () => {
  it('takes another login when the last one is older', async () => {
    const browser = new Browser()
    await tokensOf(world, app, 'openid', { browser })
    const { address } = await newRequest(app, 'openid', { max_age: '0' })
    expect(await reachLogin(world, browser, address)).toBeTruthy()
  })
})

describe('what people do with their account', () => {
  const call = async (method: string, path: string, token: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    return fetch(world.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  }
  const tokenOf = async (login: Parameters<typeof signIn>[4]) => {
    const { address, checks } = await newRequest(app)
    const back = await signIn(world, new Browser(), app.tenant, address, login)
    return (await client.authorizationCodeGrant(app.config, back, checks)).access_token
  }

  it('needs the level of its action, and a refusal names the acr_values that get it (RFC 9470)', async () => {
    const token = await tokenOf(ADA)
    const answer = await call('DELETE', '/v1/users/me/passkeys/x', token)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining(`error="insufficient_user_authentication"`),
    ])
    expect(answer.headers.get('www-authenticate')).toContain(`acr_values="${LEVEL_4}"`)
  })

  it('goes on with a login of that level', async () => {
    const token = await tokenOf(STRONG)
    expect((await call('DELETE', '/v1/users/me/passkeys/x', token)).status).toBe(404)
  })

  it('that demands less goes on with less', async () => {
    expect((await call('GET', '/v1/users/me/sessions', await tokenOf(ADA))).status).toBe(200)
  })

  it('a change of the login secret is one of these', async () => {
    const body = { encrypted_commitment: 'x', proto_version: 'sv-schnorr-r255-1' }
    const answer = await call('POST', '/v1/password/change', await tokenOf(ADA), body)
    expect([answer.status, answer.headers.has('www-authenticate')]).toEqual([401, true])
  })
})
