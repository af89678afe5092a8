import { createVerify, X509Certificate } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, target } from '../oidc/browser.ts'
import { deflated, type SamlStandIn, SamlStandIn as StandIn, type WantsLogout } from './saml-stand-in.ts'
import { arriveBySaml, certificatesIn, openSamlWorld, type SamlWorld } from './saml-world.ts'
import { AFTER, events, isSignedIn, signOut, TENANT, tokensOf } from './world.ts'

describe('single logout with a SAML identity provider', () => {
  let world: SamlWorld
  let id: string
  beforeAll(async () => {
    world = await openSamlWorld()
    id = await world.saml()
    await world.here.admin('POST', '/v1/tenants', { tenant_id: 'acme-shop', display_name: 'Shop' })
    await world.here.admin('PUT', '/v1/organizations/acme/tenants/acme-shop')
  })
  afterAll(() => world.close())

  const address = (tenant = TENANT) => `${world.here.url}/${tenant}/login/with/${id}/saml-logout`
  const signIn = async (subject = 'p1') => {
    const attributes = { mail: `${subject}@partner.example` }
    const { page, ...waiting } = await arriveBySaml(world, id, { subject, attributes })
    const { id_token } = await tokensOf(world, waiting, page)
    return { browser: waiting.browser, idToken: String(id_token) }
  }
  const byAddress = (wants: WantsLogout = {}, standIn: SamlStandIn = world.standIn) =>
    fetch(`${address()}?${standIn.logout(address(), wants).query}`, { redirect: 'manual' })
  const byForm = (wants: WantsLogout = {}, to = address()) =>
    fetch(to, { method: 'POST', body: world.standIn.logout(address(), wants).form, redirect: 'manual' })
  const messageIn = (text: string | null, name: string) =>
    inflateRawSync(Buffer.from(new URL(text ?? '').searchParams.get(name) ?? '', 'base64')).toString()
  const reason = async () => (await events(world)).at(-1)?.subject.reason

  it.each([
    ['by redirect', byAddress],
    ['by a form', byForm],
  ])('a request %s ends the session, and its answer is signed for the request and its RelayState', async (_, send) => {
    const person = await signIn()
    const answer = await send({ id: `_asked-${_.length}`, relayState: 'x&y' })
    expect(await isSignedIn(world, person.browser)).toBe(false)
    const location = new URL(answer.headers.get('location') ?? '')
    expect([location.origin + location.pathname, location.searchParams.get('RelayState')]).toEqual([
      'https://idp.example/slo',
      'x&y',
    ])
    const xml = messageIn(location.href, 'SAMLResponse')
    expect(xml).toContain(`InResponseTo="_asked-${_.length}"`)
    expect(xml).toContain('status:Success')
    const [covered = '', signature = ''] = location.search.slice(1).split('&Signature=')
    const { signing } = certificatesIn(await world.metadata(id))
    const { publicKey } = new X509Certificate(Buffer.from(signing, 'base64'))
    const isOurs = createVerify('sha256').update(covered).verify(publicKey, decodeURIComponent(signature), 'base64')
    expect(isOurs).toBe(true)
  })

  it('a request without a session ends all of the person, and one of another person none', async () => {
    const [first, second, other] = [await signIn('p1'), await signIn('p1'), await signIn('p2')]
    await byAddress({ session: '', subject: 'p1' })
    expect(await Promise.all([first, second, other].map(({ browser }) => isSignedIn(world, browser)))).toEqual([
      false,
      false,
      true,
    ])
  })

  it('a logout here goes on there with name and session, and from there to the application', async () => {
    const { browser, idToken } = await signIn()
    const away = await browser.open(target(await signOut(world, browser, idToken), world.here.url).href)
    const location = new URL(away.headers.get('location') ?? '')
    const xml = messageIn(location.href, 'SAMLRequest')
    expect(xml).toContain('>p1</saml:NameID>')
    expect(xml).toContain('>_s1</')
    expect(location.searchParams.get('Signature')).toBeTruthy()
    const back = new URLSearchParams({ SAMLResponse: 'AA', RelayState: location.searchParams.get('RelayState') ?? '' })
    const end = await fetch(`${address()}?${back}`, { redirect: 'manual' })
    expect(end.headers.get('location')).toBe(`${AFTER}?state=app-state`)
  })

  it('a provider that takes forms alone is posted a signed request, and answered by a form', async () => {
    const standIn = await StandIn.open('HTTP-POST')
    await world.saml(
      {},
      {
        idp_metadata: standIn.metadata.replaceAll(
          'HTTP-POST" Location="https://idp.example/sso"',
          'HTTP-Redirect" Location="https://idp.example/sso"',
        ),
      },
    )
    const before = world.standIn
    Object.assign(world, { standIn })
    const { browser, idToken } = await signIn('form-1')
    const page = await browser.open(target(await signOut(world, browser, idToken), world.here.url).href)
    const html = await page.text()
    expect(html).toContain('action="https://idp.example/slo"')
    const xml = Buffer.from(/name="SAMLRequest" value="([^"]+)"/.exec(html)?.[1] ?? '', 'base64').toString()
    expect(xml).toContain('<SignatureValue>')
    expect(await (await byForm({ subject: 'form-1' })).text()).toContain('name="SAMLResponse"')
    Object.assign(world, { standIn: before })
    await world.saml()
  })

  it('a provider without an address for it hears nothing, and ends nothing', async () => {
    const idp_metadata = world.standIn.metadata.replace(/<md:SingleLogoutService[^>]*>/, '')
    await world.saml({}, { idp_metadata })
    const { browser, idToken } = await signIn()
    expect((await byAddress()).status).toBe(401)
    expect((await signOut(world, browser, idToken)).headers.get('location')).toBe(`${AFTER}?state=app-state`)
    await world.saml()
  })

  describe('takes no request', () => {
    const attacks: Readonly<Record<string, readonly [(browser: Browser) => Promise<Response>, RegExp]>> = {
      'that is not signed': [() => byAddress({ signed: 'nothing' }), /not signed/],
      'in a form that is not signed': [() => byForm({ signed: 'nothing' }), /signature/],
      'that was changed after it was signed': [
        () => byForm({ subject: 'p2', bent: (xml) => xml.replace('>p2<', '>p1<') }),
        /signature/,
      ],
      'with a weak signature': [() => byAddress({ algorithm: 'sha1' }), /no good any more/],
      'in a form with a weak signature': [() => byForm({ algorithm: 'sha1' }), /no good any more/],
      'signed by another key': [async () => byAddress({}, await StandIn.open()), /signature/],
      'of another issuer': [() => byAddress({ issuer: 'https://evil.example' }), /issuer/],
      'meant for another address': [() => byAddress({ destination: 'https://other.example/slo' }), /another address/],
      'that is old': [() => byAddress({ secondsAgo: 400 }), /out of its time/],
      'of the future': [() => byAddress({ secondsAgo: -400 }), /out of its time/],
      'with entities': [() => byForm({ bent: (xml) => `<!DOCTYPE x [<!ENTITY e "p1">]>${xml}` }), /document type/],
      'beside a signed one of another person': [
        () => {
          const other = world.standIn.logout(address(), { subject: 'p2' }).query
          const own = world.standIn.logout(address(), { signed: 'nothing' }).query
          const forged = new URLSearchParams(own).get('SAMLRequest') ?? ''
          const query = `x${other}&${new URLSearchParams({ SAMLRequest: forged })}`
          return fetch(`${address()}?${query}`, { redirect: 'manual' })
        },
        /as a whole/,
      ],
      'that is a bomb': [
        () => {
          const query = new URLSearchParams(world.standIn.logout(address()).query)
          query.set('SAMLRequest', deflated(' '.repeat(10_000_000)))
          return fetch(`${address()}?${query}`, { redirect: 'manual' })
        },
        /./,
      ],
    }
    it.each(Object.entries(attacks))('%s', async (_, [attack, words]) => {
      const { browser } = await signIn()
      const answer = await attack(browser)
      expect(answer.status).toBe(401)
      expect(await reason()).toMatch(words)
      expect(await isSignedIn(world, browser)).toBe(true)
    })

    it('a second time', async () => {
      const first = await signIn()
      await byAddress({ id: '_twice' })
      expect(await isSignedIn(world, first.browser)).toBe(false)
      const next = await signIn()
      expect([(await byAddress({ id: '_twice' })).status, await reason()]).toEqual([401, 'the request came before'])
      expect(await isSignedIn(world, next.browser)).toBe(true)
    })

    it('at another tenant', async () => {
      const { browser } = await signIn()
      expect((await byForm({}, address('acme-shop'))).status).toBe(401)
      expect(await isSignedIn(world, browser)).toBe(true)
    })
  })

  it('an answer leads nowhere that its RelayState names', async () => {
    const query = new URLSearchParams({ SAMLResponse: 'AA', RelayState: 'https://evil.example' })
    const answer = await fetch(`${address()}?${query}`, { redirect: 'manual' })
    expect(answer.headers.get('location')).toBe(`/${TENANT}/oidc/logout/success`)
  })
})
