import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, target } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { type Begun, begin, form, tokenOf } from '../pages/begun.ts'

let world: OidcWorld
let own: Begun
/** Another login, in another browser, of another tenant. */
let other: Begun
beforeAll(async () => {
  world = await openOidcWorld()
  ;[own, other] = [await begin(world), await begin(world)]
})
afterAll(() => world.close())

const FORMS = [
  '/login',
  '/login/password',
  '/login/code',
  '/login/code/request',
  '/consent',
  '/reset',
  '/reset/code',
  '/verify',
  '/account/verification',
  '/account/passkeys/x/name',
  '/account/passkeys/x/delete',
  '/account/sessions/x/end',
  '/account/secret',
  '/account/password',
  '/account/email',
  '/outbox/open',
  '/outbox/close',
]
/** What scripts of the account page call. */
const CALLS = ['/account/email/challenge', '/account/passkeys/options', '/account/passkeys/verify']

const addressOf = (path: string) => `${world.url}/${own.tenant}${path}?auth_req_id=${own.handle}`
const ownToken = async () => tokenOf(await own.browser.open(own.address))
const foreignToken = async () => tokenOf(await other.browser.open(other.address))

const call = (headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  body: '{}',
  headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
})

describe('a form', () => {
  it('is taken from our own page in the same browser', async () => {
    const answer = await own.browser.submit(await own.browser.open(own.address), { username: 'ada' })
    expect(target(answer, world.url).pathname).toMatch(/\/login\/secret$/)
  })

  it.each([...FORMS, ...CALLS])('without a token is refused by %s', async (path) => {
    expect((await own.browser.open(addressOf(path), form({ username: 'ada' }))).status).toBe(403)
  })

  it.each(FORMS)('with the token of another browser is refused by %s', async (path) => {
    const csrf = await foreignToken()
    expect((await own.browser.open(addressOf(path), form({ username: 'ada', csrf }))).status).toBe(403)
  })

  it('with the token of another tenant in the same browser is refused', async () => {
    const csrf = await ownToken()
    const address = `${world.url}/${other.tenant}/reset`
    expect((await own.browser.open(address, form({ username: 'ada', csrf }))).status).toBe(403)
  })

  it('with its token but without the cookie of the browser is refused', async () => {
    const csrf = await ownToken()
    expect((await new Browser().open(own.address, form({ username: 'ada', csrf }))).status).toBe(403)
  })

  it.each(['cross-site', 'same-site', 'none'])(
    'that the browser calls %s is refused, whatever it holds',
    async (from) => {
      const csrf = await ownToken()
      const sent = form({ username: 'ada', csrf }, { 'sec-fetch-site': from })
      expect((await own.browser.open(own.address, sent)).status).toBe(403)
    },
  )

  it('of a foreign Origin cannot guess the token', async () => {
    const sent = form({ username: 'ada', csrf: 'guessed' }, { origin: 'https://evil.example.com' })
    expect((await own.browser.open(own.address, sent)).status).toBe(403)
  })

  it('as plain text, which other sites can send, is refused', async () => {
    const csrf = await ownToken()
    const sent = { method: 'POST', body: `csrf=${csrf}&username=ada`, headers: { 'content-type': 'text/plain' } }
    expect((await own.browser.open(own.address, sent)).status).toBe(415)
  })
})

describe('a call of a script', () => {
  it.each(CALLS)('without a token is refused as JSON by %s', async (path) => {
    const answer = await own.browser.open(addressOf(path), call())
    expect([answer.status, await answer.json()]).toEqual([403, { detail: expect.any(String) }])
  })

  it('of nobody who is signed in is refused as JSON', async () => {
    const sent = call({ 'x-csrf-token': await ownToken() })
    const answer = await own.browser.open(addressOf('/account/passkeys/options'), sent)
    expect([answer.status, await answer.json()]).toEqual([401, { detail: expect.any(String) }])
  })

  it.each(CALLS)('with the token of another browser is refused by %s', async (path) => {
    const sent = call({ 'x-csrf-token': await foreignToken() })
    expect((await own.browser.open(addressOf(path), sent)).status).toBe(403)
  })

  it.each(CALLS)('with the right token from another site is refused by %s', async (path) => {
    const sent = call({ 'x-csrf-token': await ownToken(), 'sec-fetch-site': 'cross-site' })
    expect((await own.browser.open(addressOf(path), sent)).status).toBe(403)
  })

  it('of another origin is not allowed by CORS', async () => {
    const headers = {
      origin: 'https://evil.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-csrf-token',
    }
    const answer = await own.browser.open(addressOf('/account/email/challenge'), { method: 'OPTIONS', headers })
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
  })
})

describe('the operations of the login API', () => {
  it('take JSON only, which other sites cannot send without being asked', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const sent = { method: 'POST', body: '{"username":"ada"}', headers: { 'content-type': type } }
      const answer = await own.browser.open(`${world.url}/v1/login/challenge?auth_req_id=${own.handle}`, sent)
      expect(answer.status, type).toBe(415)
    }
  })

  it('take no session cookie for a caller', async () => {
    expect((await own.browser.open(`${world.url}/v1/userinfo`)).status).toBe(401)
  })
})
