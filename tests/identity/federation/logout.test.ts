import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Browser } from '../oidc/browser.ts'
import { target } from '../oidc/browser.ts'
import { arrive, openStandInWorld, type StandInWorld } from './strangers.ts'
import { AFTER, isSignedIn, signOut, TENANT, tokensOf } from './world.ts'

describe('a logout and the session at an OpenID provider', () => {
  let world: StandInWorld
  let count = 0
  beforeAll(async () => {
    world = await openStandInWorld()
    await world.here.admin('POST', '/v1/tenants', { tenant_id: 'acme-shop', display_name: 'Shop' })
    await world.here.admin('PUT', '/v1/organizations/acme/tenants/acme-shop')
  })
  beforeEach(async () => {
    world.standIn.person = { sub: `p${++count}`, email: `p${count}@example.com`, email_verified: true }
    world.standIn.bent = {}
    world.standIn.loggedOut = undefined
    await world.method({}, { front_channel_logout_enabled: true })
  })
  afterAll(() => world.close())

  const here = (path: string) => `${world.here.url}/${TENANT}/login/with/${world.id}/${path}`
  const done = `${AFTER}?state=app-state`
  interface Person {
    readonly browser: Browser
    readonly idToken: string
    readonly sid: string
  }
  const signIn = async (): Promise<Person> => {
    const { page, ...login } = await arrive(world)
    const tokens = await tokensOf(world, login, page)
    const sid = `session of ${world.standIn.person.sub}`
    return { browser: login.browser, idToken: String(tokens.id_token), sid }
  }
  /** Goes on from an answer that leads to the provider; returns where the browser is sent in the end. */
  const throughProvider = async (browser: Browser, answer: Response) => {
    const begun = await browser.open(target(answer, world.here.url).href)
    const back = await fetch(target(begun, world.here.url), { redirect: 'manual' })
    return back
  }

  describe('front_channel_logout_enabled and the end-session endpoint: a logout here', () => {
    it('goes on there with the ID token of the login, and from there to the application', async () => {
      const { browser, idToken } = await signIn()
      const back = await throughProvider(browser, await signOut(world, browser, idToken))
      expect(world.standIn.loggedOut?.get('id_token_hint')).toBe(world.standIn.idToken)
      expect(world.standIn.loggedOut?.get('client_id')).toBe(world.standIn.clientId)
      expect(world.standIn.loggedOut?.get('post_logout_redirect_uri')).toBe(here('logged-out'))
      const end = await browser.open(target(back, world.url).href)
      expect(end.headers.get('location')).toBe(done)
      expect(await isSignedIn(world, browser)).toBe(false)
    })

    it('off: ends here, and the provider hears nothing', async () => {
      await world.method({}, { front_channel_logout_enabled: false })
      const { browser, idToken } = await signIn()
      expect((await signOut(world, browser, idToken)).headers.get('location')).toBe(done)
      expect(world.standIn.loggedOut).toBeUndefined()
    })

    it('end_session_url: is where it goes with addresses by hand, and without one it goes nowhere', async () => {
      const { authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri, issuer } = world.standIn.metadata()
      const manual = {
        front_channel_logout_enabled: true,
        manual_metadata_setup: true,
        issuer,
        authorization_url: authorization_endpoint,
        id_token_url: token_endpoint,
        user_info_url: userinfo_endpoint,
        jwks_url: jwks_uri,
      }
      await world.method({}, manual)
      const first = await signIn()
      const onward = await signOut(world, first.browser, first.idToken)
      expect((await first.browser.open(target(onward, world.here.url).href)).headers.get('location')).toBe(done)
      expect(world.standIn.loggedOut).toBeUndefined()
      await world.method({}, { ...manual, end_session_url: `${world.url}/end-session` })
      const { browser, idToken } = await signIn()
      await throughProvider(browser, await signOut(world, browser, idToken))
      expect(world.standIn.loggedOut).toBeDefined()
      await world.method({}, { manual_metadata_setup: false })
    })

    it('reaches the application also when the provider cannot be reached any more', async () => {
      const { browser, idToken } = await signIn()
      const onward = await signOut(world, browser, idToken)
      await world.method(
        {},
        { discovery_url: 'http://127.0.0.1:9/.well-known/openid-configuration', issuer: 'http://127.0.0.1:9' },
      )
      expect((await browser.open(target(onward, world.here.url).href)).headers.get('location')).toBe(done)
    })

    it('keeps the ID token sealed in the store', async () => {
      await signIn()
      const { items } = await world.here.service.deps.store.find(
        { name: 'linkedSessions', id: (l: { id: string }) => l.id, indexes: [] },
        TENANT,
        { limit: 100 },
      )
      expect(items.length).toBeGreaterThan(0)
      expect(JSON.stringify(items)).not.toContain(world.standIn.idToken)
    })
  })

  describe('front_channel_logout_enabled: a logout there', () => {
    const tell = (query: Readonly<Record<string, string>>, address = here('front-channel-logout')) =>
      fetch(`${address}?${new URLSearchParams(query)}`)

    it('ends the sessions that came from it, and no other one', async () => {
      const [first, second] = [await signIn(), await signIn()]
      world.standIn.person = { sub: `other-${count}`, email: `other-${count}@example.com`, email_verified: true }
      const other = await signIn()
      const answer = await tell({ iss: world.url, sid: first.sid })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('x-frame-options')).toBeNull()
      expect(await isSignedIn(world, first.browser)).toBe(false)
      expect(await isSignedIn(world, second.browser)).toBe(false)
      expect(await isSignedIn(world, other.browser)).toBe(true)
    })

    it('off: ends nothing', async () => {
      const person = await signIn()
      await world.method({}, { front_channel_logout_enabled: false })
      expect((await tell({ iss: world.url, sid: person.sid })).status).toBe(404)
      expect(await isSignedIn(world, person.browser)).toBe(true)
    })

    it.each<[string, (person: Person) => Promise<Response>]>([
      ['without the session', () => tell({ iss: world.url })],
      ['with the session of somebody else', () => tell({ iss: world.url, sid: 'session of nobody' })],
      ['of another issuer', ({ sid }) => tell({ iss: 'https://evil.example.com', sid })],
      [
        'at another tenant of the organization',
        ({ sid }) =>
          tell({ iss: world.url, sid }, `${world.here.url}/acme-shop/login/with/${world.id}/front-channel-logout`),
      ],
      [
        'at a method that does not exist',
        ({ sid }) => tell({ iss: world.url, sid }, here('x/../../none/front-channel-logout')),
      ],
    ])('%s ends nothing', async (_, attack) => {
      const person = await signIn()
      await attack(person)
      expect(await isSignedIn(world, person.browser)).toBe(true)
    })

    it('a second time ends nothing that began since under another session', async () => {
      const first = await signIn()
      await tell({ iss: world.url, sid: first.sid })
      world.standIn.bent = { idToken: { sid: 'the next session' } }
      const next = await signIn()
      await tell({ iss: world.url, sid: first.sid })
      expect(await isSignedIn(world, next.browser)).toBe(true)
    })
  })

  describe('the way back from a logout', () => {
    it('leads nowhere but where the logout here was to lead, once, at its method and tenant', async () => {
      const { browser, idToken } = await signIn()
      const onward = target(await signOut(world, browser, idToken), world.here.url)
      const state = onward.searchParams.get('state') ?? ''
      const plain = `/${TENANT}/oidc/logout/success`
      const go = async (address: string) => (await fetch(address, { redirect: 'manual' })).headers.get('location')
      expect(await go(here('logged-out?state=guess&post_logout_redirect_uri=https://evil.example.com'))).toBe(plain)
      expect(await go(`${world.here.url}/acme-shop/login/with/${world.id}/logged-out?state=${state}`)).toBe(
        plain.replace(TENANT, 'acme-shop'),
      )
      expect(await go(`${world.here.url}/${TENANT}/login/with/another/logged-out?state=${state}`)).toBe(plain)
      expect(await go(here(`logged-out?state=${state}&goOn=https://evil.example.com`))).toBe(done)
      expect(await go(here(`logged-out?state=${state}`))).toBe(plain)
    })

    it('takes no address that the application has not registered', async () => {
      const { browser, idToken } = await signIn()
      const address = new URL(`${world.here.url}/${TENANT}/oidc/logout`)
      address.search = String(
        new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: 'https://evil.example.com' }),
      )
      expect((await browser.open(address.href)).status).toBe(400)
      expect(await isSignedIn(world, browser)).toBe(true)
    })
  })
})
