import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LoginPolicy, loginPolicyForms } from '../../../cli/report/login-policy.ts'
import { Terminal } from '../../../cli/terminal.ts'
import { USERS } from '../../../identity/directory/users.ts'
import { newRequest } from '../oidc/application.ts'
import { Browser } from '../oidc/browser.ts'
import { arrive, openStandInWorld, type StandInWorld, signedIn, wayBack } from './strangers.ts'
import { events, press, TENANT, waitAt } from './world.ts'

describe('a setting of a login method at another provider', () => {
  let world: StandInWorld
  let count = 0
  beforeAll(async () => {
    world = await openStandInWorld()
  })
  beforeEach(async () => {
    world.standIn.bent = {}
    world.standIn.person = { sub: `p${++count}`, email: `p${count}@example.com`, email_verified: true }
    await world.method(PLAIN)
  })
  afterAll(() => world.close())

  const PLAIN = { enabled: true, authentication_level: 2, auto_email_verification: true, synchronise_attributes: false }
  const says = (claims: object) => void Object.assign(world.standIn.person, claims)
  /** Who signed in, as the store has them. */
  const user = async (): Promise<object> => {
    const { sub } = await signedIn(world)
    const stored = await world.here.service.deps.store.get(USERS, TENANT, sub)
    return { ...stored, ...stored?.attributes }
  }
  /** What the stand-in was asked for. */
  const asked = async () => {
    await wayBack(world, await waitAt(world))
    return world.standIn.asked
  }

  it('enabled: the button is there, or the method is refused', async () => {
    const page = async () => {
      const { browser, handle } = await waitAt(world)
      return (await browser.open(`${world.here.url}/${TENANT}/login?auth_req_id=${handle}`)).text()
    }
    expect(await page()).toContain('Sign in with Work account')
    await world.method({ enabled: false })
    expect(await page()).not.toContain('Sign in with Work account')
    expect((await press(world, await waitAt(world), world.id)).status).toBe(403)
  })

  it('authentication_level: reaches the level that an application asks for, or does not', async () => {
    const level = { acr_values: 'urn:plumbline:acr:level:2' }
    const login = await arrive(world, await waitAt(world, level))
    expect(login.page.status).toBe(200)
    await world.method({ authentication_level: 1 })
    const refused = await new Browser().open((await newRequest(world.app, 'openid', level)).address.href)
    expect(refused.headers.get('location')).toContain('error=unmet_authentication_requirements')
  })

  it('auto_email_verification: a verified address counts here, or has to be shown by a mailed code', async () => {
    expect(await user()).toMatchObject({ is_verified: true })
    await world.method({ auto_email_verification: false })
    says({ sub: `q${count}`, email: `q${count}@example.com` })
    expect(await user()).toMatchObject({ is_verified: false })
    const path = `/v1/tenants/${TENANT}/outbox?limit=100`
    const { messages } = await world.here.admin<{ messages: { to: string }[] }>('GET', path)
    expect(messages.map(({ to }) => to)).toContain(`q${count}@example.com`)
  })

  it('auto_activation_enabled: whoever arrives this way needs no activation, or waits for it', async () => {
    await world.settings({ features: { person_activation: { enabled: true } } })
    await world.method({ auto_email_verification: false, auto_activation_enabled: true })
    expect((await arrive(world)).page.status).toBe(200)
    await world.method({ auto_activation_enabled: false, auto_email_verification: false })
    expect((await arrive(world)).page.status).toBe(401)
    expect((await events(world)).at(-1)?.subject.reason).toContain('CimFeatures/personActivation/enabled')
    await world.settings({ features: { person_activation: { enabled: false } } })
  })

  it('explain login names the method, its level and the document that says so', async () => {
    const policy = await world.here.admin<LoginPolicy>('GET', `/v1/tenants/${TENANT}/login-policy`)
    const { decisions } = policy
    const name = 'OpenIdConnect/Work account'
    expect(decisions.find(({ decision }) => decision === `methods.federated:${name}`)).toMatchObject({
      value: true,
      by: [{ kind: 'CimLoginMethod', object: name, pointer: '/enabled', value: true }],
    })
    expect(decisions.find(({ decision }) => decision === `levels.federated:${name}`)).toMatchObject({ value: 2 })
    const said = loginPolicyForms(policy, () => undefined).text(undefined, new Terminal('text', true))
    expect(said).toContain(`a login at ${name}: accepted`)
    expect(said).toContain(`CimLoginMethod ${name} /enabled = true`)
  })

  it('synchronise_attributes: what the provider says later is copied, or is not', async () => {
    says({ given_name: 'Jane', family_name: 'Doe', locale: 'en' })
    await user()
    says({ family_name: 'Roe', locale: 'nl' })
    expect(await user()).toMatchObject({ name: { givenName: 'Jane', familyName: 'Doe' }, locale: 'en' })
    await world.method({ synchronise_attributes: true })
    expect(await user()).toMatchObject({ name: { givenName: 'Jane', familyName: 'Roe' }, locale: 'nl' })
  })

  it('attribute_mappings: another claim fills an attribute, or the standard one does', async () => {
    says({ given_name: 'Jane', first: 'Janet' })
    expect(await user()).toMatchObject({ name: { givenName: 'Jane' } })
    await world.method({ attribute_mappings: [{ map_from: 'first', map_to: 'firstName' }] })
    says({ sub: `q${count}`, email: `q${count}@example.com` })
    expect(await user()).toMatchObject({ name: { givenName: 'Janet' } })
    await world.method({ attribute_mappings: [] })
  })

  it('excluded_unmapped_attributes: a claim is dropped, or kept', async () => {
    says({ nickname: 'jj', phone_number: '+31600000000' })
    expect(await user()).toMatchObject({ nickName: 'jj', phoneNumbers: [{ value: '+31600000000' }] })
    await world.method({ excluded_unmapped_attributes: ['nickname', 'phone_number'] })
    says({ sub: `q${count}`, email: `q${count}@example.com` })
    const stored = await user()
    expect(stored).not.toHaveProperty('nickName')
    expect(stored).not.toHaveProperty('phoneNumbers')
    await world.method({ excluded_unmapped_attributes: [] })
  })

  it('scopes and claims: what the provider is asked for', async () => {
    expect(Object.fromEntries(await asked())).toMatchObject({ scope: 'openid profile email' })
    expect((await asked()).get('claims')).toBeNull()
    await world.method({}, { scopes: ['email'], claims: ['given_name'] })
    const query = await asked()
    expect(query.get('scope')).toBe('openid email')
    expect(JSON.parse(query.get('claims') ?? '')).toEqual({
      id_token: { given_name: null },
      userinfo: { given_name: null },
    })
    await world.method({}, { scopes: ['openid', 'profile', 'email'], claims: [] })
  })

  it('client_id: who asks', async () => {
    expect((await asked()).get('client_id')).toBe(world.standIn.clientId)
    await world.method({}, { client_id: 'another' })
    expect((await asked()).get('client_id')).toBe('another')
  })

  it('manual_metadata_setup: the addresses of the settings, or those of the discovery document', async () => {
    const { authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri, issuer } = world.standIn.metadata()
    const manual = {
      issuer,
      authorization_url: authorization_endpoint,
      id_token_url: token_endpoint,
      user_info_url: userinfo_endpoint,
      jwks_url: jwks_uri,
    }
    world.standIn.requests.length = 0
    await world.method({}, { manual_metadata_setup: true, ...manual })
    const { sub } = await signedIn(world)
    expect(world.standIn.requests).toEqual(['/authorize', '/token', '/jwks', '/userinfo'])
    for (const [name, wrong] of Object.entries({
      id_token_url: `${world.url}/nowhere`,
      user_info_url: `${world.url}/nowhere`,
      jwks_url: `${world.url}/nowhere`,
    })) {
      await world.method({}, { manual_metadata_setup: true, ...manual, [name]: wrong })
      const { page } = await arrive(world)
      expect([name, page.status]).toEqual([name, 401])
    }
    await world.method({}, { manual_metadata_setup: true, ...manual, issuer: `${world.url}/other` })
    expect((await arrive(world)).page.status).toBe(401)
    await world.method({}, { manual_metadata_setup: true, ...manual, authorization_url: `${world.url}/elsewhere` })
    expect((await press(world, await waitAt(world), world.id)).headers.get('location')).toContain('/elsewhere?')
    await world.method({}, { manual_metadata_setup: false })
    expect((await signedIn(world)).sub).toBe(sub)
  })

  it('issuer: a discovery document of another one is refused', async () => {
    await world.method({}, { issuer: 'https://other.example.com' })
    expect((await press(world, await waitAt(world), world.id)).status).toBe(401)
    await world.method({}, { issuer: world.url })
    expect((await press(world, await waitAt(world), world.id)).status).toBe(303)
  })

  it('metadata_expiration_time_in_seconds: how long the discovery document is kept', async () => {
    const reads = async (seconds: number) => {
      await world.method({}, { metadata_expiration_time_in_seconds: seconds })
      world.standIn.requests.length = 0
      for (const _ of [1, 2]) await asked()
      return world.standIn.requests.filter((path) => path.includes('well-known')).length
    }
    expect(await reads(0)).toBe(2)
    expect(await reads(600)).toBe(1)
  })
})
