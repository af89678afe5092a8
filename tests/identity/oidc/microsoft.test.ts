import { generateKeyPair } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENTS } from '../../../identity/directory/clients.ts'
import type { Method } from '../../../identity/directory/methods.ts'
import { issueTicket } from '../../../identity/oidc/login-ticket.ts'
import { type CreationOptions, type RequestOptions, SoftwareAuthenticator } from '../../../signin/authenticator.ts'
import { type Application, newRequest, openApplication, post } from './application.ts'
import { ADA, Browser, reachLogin, signIn, target } from './browser.ts'
import { ENTRA_REDIRECT, FakeEntra, TID } from './fake-entra.ts'
import { type OidcWorld, openOidcWorld } from './world.ts'

const OID = '5ad0ce26-3e4a-4f5b-9d3c-0c1f2a3b4c5d'
const CLIENT = 'entra'

let world: OidcWorld
let entra: FakeEntra
beforeAll(async () => {
  // Passkeys need a host name.
  world = await openOidcWorld({ host: 'localhost' })
  entra = await FakeEntra.open()
})
afterAll(async () => {
  await entra.close()
  await world.close()
})

const json = (path: string, body: object, headers = {}) =>
  fetch(world.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

/** A tenant that is an external method of Entra, with ada, who is linked and has a passkey. */
async function place(input: object = {}, issuer = entra.issuer) {
  const tenant = await world.tenant({ passkey_enabled: true, ...input })
  await link(tenant, 'ada')
  const registration = { client_id: CLIENT, redirect_uris: [ENTRA_REDIRECT], client_type: 'public' }
  const flow = { type: 'microsoft-mfa', issuer: 'https://login.microsoftonline.com/tenant/v2.0' } as const
  await world.client(tenant, { ...registration, flow })
  // The API takes https only, which the fake has not.
  const { store } = world.service.deps
  await store.update(CLIENTS, tenant, CLIENT, (old) => ({ ...old, flow: { ...flow, issuer } }))
  const app = await openApplication(world, {}, tenant)
  return { tenant, app, authenticator: await passkeyOf(app) }
}

const link = (tenant_id: string, user_id: string, more = {}) =>
  world.admin('PUT', `/v1/tenants/${tenant_id}/users/${user_id}`, {
    user_id,
    username: user_id,
    email: `${user_id}@example.com`,
    tenant_id,
    external_id: `${OID}.${TID}`,
    ...more,
  })

async function passkeyOf(app: Application, login = ADA): Promise<SoftwareAuthenticator> {
  const { address, checks } = await newRequest(app)
  const back = await signIn(world, new Browser(), app.tenant, address, login)
  const { access_token } = await client.authorizationCodeGrant(app.config, back, checks)
  const headers = { authorization: `Bearer ${access_token}` }
  const options = await fetch(`${world.url}/v1/webauthn/registration/options`, { method: 'POST', headers })
  const authenticator = new SoftwareAuthenticator(world.url)
  await json(
    '/v1/webauthn/registration/verify',
    authenticator.create((await options.json()) as CreationOptions),
    headers,
  )
  return authenticator
}

/** What the browser does with the form of Entra: it posts it, and goes where it is sent. Returns the page that it stops at. */
async function arrive(browser: Browser, tenant: string, form: Record<string, string>): Promise<Response> {
  const address = `${world.url}/${tenant}/oidc/authorize`
  // A form of another site comes without cookies.
  const accepted = await new Browser().open(address, { method: 'POST', body: new URLSearchParams(form) })
  return accepted.status === 303 ? browser.open(target(accepted, world.url).href) : accepted
}

const handleIn = (answer: Response): string => target(answer, world.url).searchParams.get('auth_req_id') ?? ''

async function showPasskey(tenant: string, handle: string, authenticator: SoftwareAuthenticator): Promise<Response> {
  const body = { username: '', tenant_id: tenant }
  const options = await json(`/v1/webauthn/authentication/options?tenant_id=${tenant}`, body)
  const assertion = { ...authenticator.get((await options.json()) as RequestOptions), ...body }
  return json(`/v1/webauthn/authentication/verify?auth_req_id=${handle}`, assertion)
}

/** The fields that a page sends on. */
async function formOf(page: Response): Promise<{ action: string; fields: Record<string, string> }> {
  const html = await page.text()
  const fields = [...html.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value])
  return { action: /action="([^"]+)"/.exec(html)?.[1] ?? '', fields: Object.fromEntries(fields) }
}

/** A whole second factor; returns the form that goes to Entra. */
async function secondFactor({ tenant, authenticator }: Awaited<ReturnType<typeof place>>, changes = {}) {
  const browser = new Browser()
  const handle = handleIn(await arrive(browser, tenant, await entra.challenge(CLIENT, OID, changes)))
  const { nonce } = (await (await showPasskey(tenant, handle, authenticator)).json()) as { nonce: string }
  const query = new URLSearchParams({ auth_req_id: handle, nonce })
  return formOf(await browser.open(`${world.url}/${tenant}/oidc/complete?${query}`))
}

const discoveryOf = (tenant: string) => `${world.url}/${tenant}/oidc/.well-known/openid-configuration`

describe('the second factor for Microsoft Entra ID', () => {
  it('is a passkey of the user of the hint, although the hint has expired', async () => {
    const here = await place()
    const { action, fields } = await secondFactor(here)
    expect(action).toBe(ENTRA_REDIRECT)
    expect(await entra.receive(fields, discoveryOf(here.tenant))).toMatchObject({
      sub: `subject-of-${OID}`,
      acr: 'possessionorinherence',
      amr: ['fido'],
    })
  })

  it('is all that the login page offers, whatever else the tenant allows', async () => {
    const { tenant } = await place({ register_enable: true })
    const browser = new Browser()
    const arrived = await arrive(browser, tenant, await entra.challenge(CLIENT, OID))
    const page = await (await browser.open(target(arrived, world.url).href)).text()
    expect(page).toContain('id="passkey"')
    expect(page).not.toMatch(/name="username"|href="[^"]*\/(login|sign-up|reset)/)
  })

  it('is enough alone where the tenant demands two factors: Entra asked for the first', async () => {
    const here = await place({ is_2fa: true })
    const { fields } = await secondFactor(here)
    await expect(entra.receive(fields, discoveryOf(here.tenant))).resolves.toMatchObject({ amr: ['fido'] })
  })

  it('signs in to nothing else', async () => {
    const here = await place()
    const browser = new Browser()
    await arrive(browser, here.tenant, await entra.challenge(CLIENT, OID))
    await secondFactor(here)
    expect(await reachLogin(world, browser, (await newRequest(here.app)).address)).toMatch(/^[\w-]{43}$/)
  })

  it('reads the keys of the issuer once for many logins', async () => {
    const here = await place()
    await secondFactor(here)
    const before = { ...entra.reads }
    await secondFactor(here)
    expect(entra.reads).toEqual(before)
  })

  it('is in the discovery document', async () => {
    const { tenant } = await place()
    expect(await (await fetch(discoveryOf(tenant))).json()).toMatchObject({
      response_types_supported: expect.arrayContaining(['id_token']),
      response_modes_supported: expect.arrayContaining(['form_post']),
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
    })
  })

  it('tells Entra when the person gives up', async () => {
    const { tenant } = await place()
    const browser = new Browser()
    const form = await entra.challenge(CLIENT, OID)
    const handle = handleIn(await arrive(browser, tenant, form))
    const page = await browser.open(`${world.url}/${tenant}/oidc/cancel?auth_req_id=${handle}`)
    expect((await formOf(page)).fields).toMatchObject({ error: 'access_denied', state: form.state })
  })

  it('tells Entra when the account was disabled meanwhile', async () => {
    const { tenant, authenticator } = await place()
    const browser = new Browser()
    const handle = handleIn(await arrive(browser, tenant, await entra.challenge(CLIENT, OID)))
    const { nonce } = (await (await showPasskey(tenant, handle, authenticator)).json()) as { nonce: string }
    await link(tenant, 'ada', { is_disabled: true })
    const query = new URLSearchParams({ auth_req_id: handle, nonce })
    const page = await browser.open(`${world.url}/${tenant}/oidc/complete?${query}`)
    expect((await formOf(page)).fields).toMatchObject({ error: 'access_denied' })
  })
})

describe('a login for Entra is refused to', () => {
  it('the passkey of another user', async () => {
    const { tenant, app } = await place()
    const eve = { user_id: 'eve', username: 'eve', email: 'eve@example.com', tenant_id: tenant }
    await world.admin('POST', `/v1/tenants/${tenant}/users`, eve)
    const authenticator = await passkeyOf(app, { ...ADA, userId: 'eve' })
    const handle = handleIn(await arrive(new Browser(), tenant, await entra.challenge(CLIENT, OID)))
    expect((await showPasskey(tenant, handle, authenticator)).status).toBe(401)
  })

  it.each(['pin', 'password', 'otp', 'pin passkey'])('%s in the place of a passkey', async (methods) => {
    const { tenant } = await place()
    const handle = handleIn(await arrive(new Browser(), tenant, await entra.challenge(CLIENT, OID)))
    const login = { ...ADA, methods: methods.split(' ') as Method[] }
    await expect(issueTicket(world.service.deps, handle, login)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('a browser that fetches it a second time', async () => {
    const { tenant } = await place()
    const address = `${world.url}/${tenant}/oidc/authorize`
    const body = new URLSearchParams(await entra.challenge(CLIENT, OID))
    const { href } = target(await new Browser().open(address, { method: 'POST', body }), world.url)
    const answers = [await new Browser().open(href), await new Browser().open(href)]
    expect(answers.map((a) => a.status)).toEqual([303, 401])
  })
})

/** What Entra is told about a request that it would not send. */
async function toldAbout(tenant: string, changes: Record<string, string>): Promise<string | undefined> {
  const page = await arrive(new Browser(), tenant, await entra.challenge(CLIENT, OID, changes))
  return (await formOf(page)).fields.error
}

describe('a request of Entra', () => {
  const unmet = (acr: string, amr: string) => ({
    claims: JSON.stringify({ id_token: { acr: { values: [acr] }, amr: { values: [amr] } } }),
  })

  it.each([
    ['without a nonce', { nonce: '' }, 'invalid_request'],
    ['with another response type', { response_type: 'code' }, 'invalid_request'],
    ['with the token in the address', { response_mode: 'fragment' }, 'invalid_request'],
    ['without the scope openid', { scope: 'profile' }, 'invalid_request'],
    ['with claims that are no JSON', { claims: '{' }, 'invalid_request'],
    ['without a hint', { id_token_hint: '' }, 'invalid_request'],
    ['that wants no passkey', unmet('possessionorinherence', 'sms'), 'unmet_authentication_requirements'],
    ['that wants a factor of knowledge', unmet('knowledge', 'fido'), 'unmet_authentication_requirements'],
  ])('%s is refused', async (_case, changes, error) => {
    const { tenant } = await place()
    expect(await toldAbout(tenant, changes as Record<string, string>)).toBe(error)
  })

  it('to an address that is not registered is answered nowhere', async () => {
    const { tenant } = await place()
    const form = await entra.challenge(CLIENT, OID, { redirect_uri: 'https://evil.example.com/' })
    const answer = await arrive(new Browser(), tenant, form)
    expect([answer.status, await answer.text()]).toEqual([400, expect.not.stringContaining('evil.example.com')])
  })

  it('for a user who is not linked, or linked twice, is refused', async () => {
    const { tenant } = await place()
    const stranger = await entra.hint('00000000-0000-4000-8000-000000000000')
    expect(await toldAbout(tenant, { id_token_hint: stranger })).toBe('access_denied')
    const twin = { user_id: 'twin', username: 'twin', email: 't@example.com', tenant_id: tenant }
    await world.admin('POST', `/v1/tenants/${tenant}/users`, { ...twin, external_id: `${OID}.${TID}` })
    expect(await toldAbout(tenant, {})).toBe('access_denied')
  })
})

describe('a hint', () => {
  it.each([
    ['of another issuer', { iss: 'https://login.microsoftonline.com/other/v2.0' }],
    ['of another Entra tenant', { tid: 'not-a-tenant' }],
    ['without oid', { oid: '' }],
  ])('%s is refused', async (_case, claims) => {
    const { tenant } = await place()
    expect(await toldAbout(tenant, { id_token_hint: await entra.hint(OID, claims) })).toBe('invalid_request')
  })

  it('that another key signed is refused', async () => {
    const { tenant } = await place()
    const { privateKey } = await generateKeyPair('RS256')
    const forged = await entra.hint(OID, {}, 'RS256', privateKey)
    expect(await toldAbout(tenant, { id_token_hint: forged })).toBe('invalid_request')
  })

  it('that is signed with a shared secret is refused', async () => {
    const { tenant } = await place()
    const forged = await entra.hint(OID, {}, 'HS256', new Uint8Array(32))
    expect(await toldAbout(tenant, { id_token_hint: forged })).toBe('invalid_request')
  })

  it('cannot be checked when the issuer does not answer, or lies where we may not go', async () => {
    for (const issuer of ['http://127.0.0.1:1/v2.0', 'http://10.255.255.1/v2.0']) {
      const { tenant } = await place({}, issuer)
      const hint = await entra.hint(OID, { iss: issuer })
      expect(await toldAbout(tenant, { id_token_hint: hint })).toBe('temporarily_unavailable')
    }
  })
})

describe('a client of Entra', () => {
  it('has no other flow', async () => {
    const { tenant, app } = await place()
    const { address } = await newRequest({ ...app, clientId: CLIENT })
    address.searchParams.set('client_id', CLIENT)
    const answers = [
      await post(world, `/${tenant}/oidc/device_authorization`, { client_id: CLIENT }),
      await post(world, `/${tenant}/oidc/token`, { client_id: CLIENT, grant_type: 'client_credentials' }),
    ]
    expect([...answers.map((a) => a.status), (await new Browser().open(address.href)).status]).toEqual([400, 400, 400])
  })

  it('is the only one that gets an ID token without a code', async () => {
    const { app } = await place()
    const { address } = await newRequest(app, 'openid', { response_type: 'id_token', response_mode: 'form_post' })
    expect(await (await new Browser().open(address.href)).text()).toContain('unsupported_response_type')
  })
})
