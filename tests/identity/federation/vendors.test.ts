import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { USERS } from '../../../identity/directory/users.ts'
import { APPLE_KEY, CREDENTIALS, VENDORS, type Vendor, VendorsStandIn } from './vendors.ts'
import {
  claimsOf,
  events,
  type FederationWorld,
  isSignedIn,
  openFederationWorld,
  press,
  TENANT,
  waitAt,
} from './world.ts'

describe('signing in at', () => {
  const standIn = new VendorsStandIn()
  let world: FederationWorld
  beforeAll(async () => {
    world = await openFederationWorld({ outside: { fetch: standIn.fetch } })
    const pem = APPLE_KEY.privateKey.export({ type: 'pkcs8', format: 'pem' })
    await world.here.admin('PUT', '/v1/organizations/acme/keys/apple-key', { private_key: pem })
  })
  beforeEach(async () => {
    await world.settings({ features: { automated_external_identity_coupling_enabled: false } })
  })
  afterAll(() => world.close())

  /** The login method of a vendor; returns its id. */
  const methodOf = async ({ type, name, block }: Vendor, more: object = {}): Promise<string> => {
    const own = { name, type, enabled: true, authentication_level: 1, auto_email_verification: true }
    const known = (await world.methods())[name]
    const id = known === undefined ? {} : { id: known }
    await world.add({ ...own, ...id, [block[0]]: { ...block[1], ...more } })
    return String((await world.methods())[name])
  }

  /** From the button to the page after the return. */
  const visit = async (vendor: Vendor, id: string) => {
    standIn.vendor = vendor
    const waiting = await waitAt(world)
    const away = await press(world, waiting, id)
    if (away.status !== 303) return { waiting, page: away }
    const { url, form } = standIn.authorize(away.headers.get('location') ?? '')
    if (form === undefined) return { waiting, page: await waiting.browser.open(url) }
    // From another site, so without cookies.
    const posted = await fetch(url, { method: 'POST', body: form, redirect: 'manual' })
    expect(posted.status).toBe(303)
    return { waiting, page: await waiting.browser.open(new URL(posted.headers.get('location') ?? '', url).href) }
  }

  it.each(VENDORS.map((vendor) => [vendor.name, vendor] as const))(
    '%s makes an account as it describes the person',
    async (_, vendor) => {
      const { waiting, page } = await visit(vendor, await methodOf(vendor))
      expect(standIn.asked.get('scope')).toBe(vendor.scope)
      const isKnown = page.status === 200
      const done = isKnown ? page : await accept(waiting, page)
      const { sub } = await claimsOf(world, waiting, done)
      const user = await world.here.service.deps.store.get(USERS, TENANT, sub)
      expect(user).toMatchObject(vendor.expected)
      await world.here.admin('DELETE', `/scim/v2/${TENANT}/Users/${sub}`)
    },
  )

  /** Says to have no account here yet. */
  const accept = async ({ browser }: Awaited<ReturnType<typeof waitAt>>, page: Response): Promise<Response> => {
    const first = await browser.open(world.here.url + page.headers.get('location'))
    return browser.submit(first, { decision: 'create' })
  }

  it.each(
    VENDORS.filter(({ proof }) => ['basic', 'post'].includes(proof)).map((vendor) => [vendor.name, vendor] as const),
  )('%s fails with another client secret, or another client id', async (_, vendor) => {
    const id = await methodOf(vendor, { client_secret: 'wrong' })
    expect((await visit(vendor, id)).page.status).toBe(401)
    expect((await events(world)).at(-1)).toMatchObject({
      subject: { reason: expect.stringContaining('invalid_client') },
    })
    await methodOf(vendor, { ...CREDENTIALS, clientId: 'another' })
    await expect(visit(vendor, id)).rejects.toThrow('invalid_client')
    await methodOf(vendor)
  })

  it('Google takes the word of Google for its own addresses only', async () => {
    const vendor = named('Google')
    const person = { ...vendor.person, hd: undefined }
    const { page } = await visit({ ...vendor, person }, await methodOf(vendor))
    expect(page.headers.get('location')).toContain('/login/with/first')
  })

  it('Microsoft runs the user flow of the settings in the tenant of the settings, and no other', async () => {
    const vendor = named('Microsoft')
    const id = await methodOf(vendor)
    const other = { ...vendor, idToken: { ...vendor.idToken, tfp: 'B2C_1_weaker' } }
    expect((await visit(other, id)).page.status).toBe(401)
    standIn.calls.length = 0
    await methodOf(vendor, { policy: 'B2C_1_other', tenant_id: 'fabrikam' })
    await press(world, await waitAt(world), id)
    expect(standIn.calls).toEqual([
      'https://fabrikam.b2clogin.com/fabrikam.onmicrosoft.com/B2C_1_other/v2.0/.well-known/openid-configuration',
    ])
  })

  it('Microsoft tells of a logout where front_channel_logout_enabled says so, and ends the session here', async () => {
    const vendor = named('Microsoft')
    const seen = { ...vendor, idToken: { ...vendor.idToken, sid: 'b2c-session' } }
    const signedIn = async (front_channel_logout_enabled: boolean) => {
      const id = await methodOf(vendor, { front_channel_logout_enabled })
      const { waiting, page } = await visit(seen, id)
      const done = page.status === 200 ? page : await accept(waiting, page)
      await claimsOf(world, waiting, done)
      const query = new URLSearchParams({ iss: vendor.issuer, sid: 'b2c-session' })
      await fetch(`${world.here.url}/${TENANT}/login/with/${id}/front-channel-logout?${query}`)
      return isSignedIn(world, waiting.browser)
    }
    expect(await signedIn(false)).toBe(true)
    expect(await signedIn(true)).toBe(false)
  })

  it.each(['team_id', 'key_id', 'signing_key_id', 'client_id'])('Apple needs the right %s', async (field) => {
    const vendor = named('Apple')
    const id = await methodOf(vendor, { [field]: 'another' })
    const page = visit(vendor, id).then(({ page }) => page.status)
    await (field === 'client_id'
      ? expect(page).rejects.toThrow('invalid_client')
      : expect(page).resolves.toBeGreaterThanOrEqual(400))
    await methodOf(vendor)
  })

  it('Apple is asked for the scopes of the settings, and has the key set of the settings', async () => {
    const vendor = named('Apple')
    const id = await methodOf(vendor, { scopes: ['email'], jwks_uri: 'https://appleid.apple.com/auth/other-keys' })
    const { page } = await visit(vendor, id)
    expect(standIn.asked.get('scope')).toBe('email')
    expect([page.status, standIn.calls.at(-1)]).toEqual([503, 'https://appleid.apple.com/auth/other-keys'])
  })

  it('Apple takes no form of a state that nobody was given', async () => {
    const id = await methodOf(named('Apple'))
    const url = `${world.here.url}/${TENANT}/login/with/${id}/callback`
    const answer = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ state: 'guess' }),
      redirect: 'manual',
    })
    expect(answer.status).toBe(401)
  })
})

const named = (name: string): Vendor => VENDORS.find((vendor) => vendor.name === name) as Vendor
