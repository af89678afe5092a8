import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../oidc/browser.ts'
import type { Bent } from './stand-in.ts'
import { arrive, openStandInWorld, type StandInWorld, signedIn, wayBack } from './strangers.ts'
import { events, press, TENANT, textOf, waitAt } from './world.ts'

const FAR = Math.floor(Date.now() / 1000) + 3600

/** What a provider may send that must let nobody in, and the reason in the audit log. */
const FORGED: Readonly<Record<string, readonly [Bent, RegExp]>> = {
  'an ID token for another client': [{ idToken: { aud: 'another' } }, /: aud/],
  'an ID token of another issuer': [{ idToken: { iss: 'https://evil.example.com' } }, /: iss/],
  'an ID token of another login': [{ idToken: { nonce: 'another' } }, /: nonce/],
  'an ID token without a nonce': [{ idToken: { nonce: undefined } }, /nonce/],
  'an ID token that ran out': [{ idToken: { exp: 1_700_000_000 } }, /exp/],
  'an ID token that is not valid yet': [{ idToken: { nbf: FAR } }, /nbf/],
  'an ID token for several clients that names another as the one': [
    { idToken: { aud: ['plumbline', 'another'], azp: 'another' } },
    /azp|aud/,
  ],
  'an ID token under a key that the provider does not publish': [{ foreignKey: true }, /signature/],
  'an ID token without a signature': [{ unsigned: true }, /alg|JWT|JWS/],
  'the answer of another provider (RFC 9207)': [{ back: { iss: 'https://other.example.com' } }, /iss/],
  'an answer that does not say whose it is': [{ back: { iss: null } }, /iss/],
  'user info about somebody else': [{ userInfo: { sub: 'somebody-else' } }, /sub/],
  'a refusal': [{ back: { error: 'access_denied', code: null } }, /access_denied/],
  'no answer but an error of the token endpoint': [
    { token: { status: 400, body: '{"error":"invalid_grant"}' } },
    /invalid_grant/,
  ],
}

describe('a login at another provider refuses', () => {
  let world: StandInWorld
  beforeAll(async () => {
    world = await openStandInWorld()
  })
  afterEach(() => {
    world.standIn.bent = {}
  })
  afterAll(() => world.close())

  it.each(Object.entries(FORGED))('%s', async (_, [bent, reason]) => {
    world.standIn.bent = bent
    const { page } = await arrive(world)
    expect(page.status).toBe(401)
    expect(textOf(await page.text())).toContain('Work account did not sign you in here.')
    const [last] = (await events(world)).slice(-1)
    expect(last).toMatchObject({
      event: 'login.refused',
      subject: { login_method: world.id, method: 'federated', reason: expect.stringMatching(reason) },
    })
  })

  it('metadata of another issuer than the address says', async () => {
    await world.method({}, { metadata_expiration_time_in_seconds: 0 })
    world.standIn.bent = { metadata: { issuer: 'https://accounts.example.com' } }
    const page = await press(world, await waitAt(world), world.id)
    expect(page.status).toBe(401)
    await world.method({}, { metadata_expiration_time_in_seconds: 3600 })
  })

  it('a state that served already', async () => {
    const { browser, ...login } = await waitAt(world)
    const back = await wayBack(world, { browser, ...login })
    expect((await browser.open(back.href)).status).toBe(200)
    const again = await browser.open(back.href)
    expect([again.status, textOf(await again.text())]).toEqual([401, expect.stringContaining('no longer pending')])
  })

  it('a state that nobody was given', async () => {
    const { browser } = await waitAt(world)
    const answer = await browser.open(`${world.here.url}/${TENANT}/login/with/${world.id}/callback?code=x&state=guess`)
    expect(answer.status).toBe(401)
  })

  it('a return in another browser, as after a forged link; the owner of the login still gets in', async () => {
    const waiting = await waitAt(world)
    const back = await wayBack(world, waiting)
    expect((await new Browser().open(back.href)).status).toBe(401)
    expect((await (await waitAt(world)).browser.open(back.href)).status).toBe(401)
    expect((await waiting.browser.open(back.href)).status).toBe(200)
  })

  it('a return at the address of another login method', async () => {
    const waiting = await waitAt(world)
    const back = await wayBack(world, waiting)
    back.pathname = back.pathname.replace(world.id, 'another')
    expect((await waiting.browser.open(back.href)).status).toBe(401)
  })

  it('to lead to another address than the ones of the service, whatever the parameters of the way back say', async () => {
    const waiting = await waitAt(world)
    const back = await wayBack(world, waiting)
    for (const name of ['redirect_uri', 'RelayState', 'returnTo', 'target_link_uri'])
      back.searchParams.set(name, 'https://evil.example.com/')
    const html = await (await waiting.browser.open(back.href)).text()
    expect(html).not.toContain('evil.example.com')
    expect(/content="0; url=([^"]+)"/.exec(html)?.[1]).toMatch(/^\/acme-web\/oidc\/complete\?/)
  })

  it('a method that was switched off while the person was away', async () => {
    const waiting = await waitAt(world)
    const back = await wayBack(world, waiting)
    await world.method({ enabled: false })
    expect((await waiting.browser.open(back.href)).status).toBe(403)
    await world.method({ enabled: true })
    expect(await signedIn(world)).toMatchObject({ sub: expect.any(String) })
  })

  it('to call a provider in a network that the operator has not opened', async () => {
    const { standIn } = world
    const before = standIn.requests.length
    await world.method({}, { discovery_url: 'http://169.254.169.254/.well-known/openid-configuration' })
    const page = await press(world, await waitAt(world), world.id)
    expect([page.status, standIn.requests.length]).toEqual([503, before])
    expect(textOf(await page.text())).toContain('cannot be reached')
  })
})
