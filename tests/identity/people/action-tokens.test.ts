import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { events, type FederationWorld, openFederationWorld, TENANT, textOf } from '../federation/world.ts'
import { newRequest, tokensOf } from '../oidc/application.ts'
import { ADA, Browser, completeLogin, reachLogin, target } from '../oidc/browser.ts'

let world: FederationWorld
let ahead = 0
beforeAll(async () => {
  world = await openFederationWorld({ now: () => new Date(Date.now() + ahead) })
  const tenant = await world.here.admin<object>('GET', `/v1/tenants/${TENANT}`)
  await world.here.admin('PUT', `/v1/tenants/${TENANT}`, { ...tenant, passkey_enabled: true })
  await user('ada')
})
afterAll(() => world.close())

const SHOP = 'https://shop.example.com/welcome'
const LEVEL = 'urn:plumbline:acr:level:'

const user = (username: string, more: object = {}) =>
  world.here.admin('POST', `/v1/tenants/${TENANT}/users`, {
    user_id: username,
    username,
    email: `${username}@example.com`,
    tenant_id: TENANT,
    is_verified: true,
    ...more,
  })

type Kinds = Readonly<Record<string, object>>
/** Lays over the switches of the kinds; the others are off, and `SHOP` is a target. */
const tokens = (kinds: Kinds) =>
  world.settings({
    features: {
      bind_multiple_external_accounts_with_one_cim_account: true,
      action_token: {
        app_to_web: { enabled: false, ttl: 0, authentication_level: 0, ...kinds.app_to_web },
        coupling: { enabled: false, ttl: 0, ...kinds.coupling },
        login: { enabled: false, ttl: 0, authentication_level: 0, ui_generation_enabled: false, ...kinds.login },
        whitelisted_urls: [{ url: SHOP }],
      },
    },
  })

interface Issued {
  readonly status: number
  readonly token: string
  readonly url: string
}
async function asked(path: string, body: object, headers: Readonly<Record<string, string>>): Promise<Issued> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
  const answer = await fetch(world.here.url + path, init)
  return { status: answer.status, ...((await answer.json()) as Omit<Issued, 'status'>) }
}
/** As an administrator or a back end makes one. */
const issue = (kind: string, target_url?: string, username = 'ada') =>
  asked(
    `/v1/tenants/${TENANT}/users/${username}/action-tokens`,
    { kind, ...(target_url === undefined ? {} : { target_url }) },
    { 'x-api-key': String(world.here.service.createdAdminKey) },
  )
/** As an app makes one in which ada is signed in. */
async function issueOwn(target_url?: string): Promise<Issued> {
  const { access_token } = await tokensOf(world.here, world.app)
  const body = target_url === undefined ? {} : { target_url }
  return asked('/v1/users/me/action-tokens', body, { authorization: `Bearer ${access_token}` })
}

/** Follows redirects inside the service; the page at their end, or the answer that leads away. */
async function follow(browser: Browser, answer: Response): Promise<Response> {
  const next = target(answer, world.here.url)
  const isHere = answer.headers.has('location') && next.origin === world.here.url
  return isHere ? follow(browser, await browser.open(next.href)) : answer
}
/** Goes on from the page that hands over, to the page or the address at the end. */
async function handedOver(browser: Browser, page: Response): Promise<Response> {
  const next = /content="0; url=([^"]+)"/.exec(await page.text())?.[1]?.replaceAll('&amp;', '&')
  return follow(browser, await browser.open(world.here.url + (next ?? '/')))
}
/** Opens a link and presses its button; what the browser shows in the end. */
async function use(url: string, browser = new Browser()): Promise<Response> {
  const page = await follow(browser, await browser.open(url))
  if (page.status !== 200) return page
  const answer = await browser.submit(page)
  return answer.status === 200 ? handedOver(browser, answer) : answer
}

/** The claims that the application gets from a browser without asking the person. */
async function silently(browser: Browser, extra: Readonly<Record<string, string>> = {}) {
  const request = await newRequest(world.app, 'openid', { prompt: 'none', ...extra })
  return target(await browser.open(String(request.address)), world.here.url)
}
const isSignedIn = async (browser: Browser, extra = {}) => (await silently(browser, extra)).searchParams.has('code')
const isLevel = (browser: Browser, level: number) => isSignedIn(browser, { acr_values: `${LEVEL}${level}` })

const KINDS = [
  ['app_to_web', issueOwn],
  ['login', (to?: string) => issue('login', to)],
] as const

describe.each(KINDS)('action_token.%s', (kind, make) => {
  it('enabled: the link signs a browser in as the person, once', async () => {
    await tokens({ [kind]: { enabled: true, authentication_level: 1 } })
    const { url } = await make()
    const browser = new Browser()
    expect(textOf(await (await follow(browser, await browser.open(url))).text())).toContain('as ada')
    const page = await use(url, browser)
    expect(textOf(await page.text())).toContain('ada@example.com')
    expect(await isSignedIn(browser)).toBe(true)
    const other = new Browser()
    expect((await use(url, other)).status).toBe(401)
    expect(await isSignedIn(other)).toBe(false)
  })

  it('off: none is issued, and one that was issued before is refused', async () => {
    await tokens({ [kind]: { enabled: true } })
    const { url } = await make()
    await tokens({})
    expect((await make()).status).toBe(403)
    expect((await use(url)).status).toBe(401)
  })

  it.each([
    [300, 299, 200],
    [300, 301, 401],
    [0, 59, 200],
    [0, 61, 401],
  ])('ttl %i: after %i seconds it is answered %i', async (ttl, seconds, status) => {
    await tokens({ [kind]: { enabled: true, ttl } })
    const { url } = await make()
    ahead += seconds * 1000
    expect((await use(url)).status).toBe(status)
  })

  it('authentication_level: the session has that level, and no higher one', async () => {
    await tokens({ [kind]: { enabled: true, authentication_level: 3 } })
    const browser = new Browser()
    await use((await make()).url, browser)
    expect([await isLevel(browser, 3), await isLevel(browser, 4)]).toEqual([true, false])
  })

  it('leads to a URL of CimActionTokenUrl, and to no other one', async () => {
    await tokens({ [kind]: { enabled: true } })
    const { url } = await make(SHOP)
    const end = await use(url)
    expect([end.status, end.headers.get('location')]).toEqual([303, SHOP])
    for (const evil of ['https://evil.example.com/', `${SHOP}/..`, `${SHOP}?x=1`, 'javascript:alert(1)', 'no url'])
      expect((await make(evil)).status).toBe(422)
    const bent = new URL((await make()).url)
    bent.searchParams.set('target_url', 'https://evil.example.com/')
    expect(textOf(await (await use(bent.href)).text())).toContain('ada@example.com')
  })
})

describe('a login token', () => {
  const on = { login: { enabled: true, ttl: 600 } }

  it('is of one tenant', async () => {
    await tokens(on)
    await world.here.admin('POST', '/v1/tenants', { tenant_id: 'other' })
    const { url } = await issue('login')
    expect((await use(url.replace(`/${TENANT}/`, '/other/'))).status).toBe(401)
  })

  it('ends with its user, and with the account', async () => {
    await tokens(on)
    await user('gone')
    const { url } = await issue('login', undefined, 'gone')
    await world.here.admin('POST', `/v1/tenants/${TENANT}/users/batch/delete`, { users_ids: ['gone'] })
    await user('gone')
    expect((await use(url)).status).toBe(401)
  })

  it('does not let in who is disabled', async () => {
    await tokens(on)
    await user('off', { is_disabled: true })
    expect((await use((await issue('login', undefined, 'off')).url)).status).toBe(401)
  })

  it('is one factor: an application that asks for two gets a login that needs another one', async () => {
    await tokens(on)
    const { token } = await issue('login')
    const hint = { login_hint: `urn:plumbline:action-token:${token}`, acr_values: 'urn:plumbline:acr:multi-factor' }
    const browser = new Browser()
    const { address } = await newRequest(world.app, 'openid', hint)
    const answer = await browser.submit(await follow(browser, await browser.open(String(address))))
    expect(target(answer, world.here.url).pathname).toBe(`/${TENANT}/login/second`)
    expect(await isSignedIn(browser)).toBe(false)
  })

  it('is spent by one of many who use it at once', async () => {
    await tokens(on)
    const { url } = await issue('login')
    const statuses = await Promise.all([1, 2, 3].map(async () => (await use(url)).status))
    expect(statuses.toSorted()).toEqual([200, 401, 401])
  })
})

describe('action_token.login.ui_generation_enabled', () => {
  const press = async (browser: Browser): Promise<Response> => {
    const page = await follow(browser, await browser.open(`${world.here.url}/${TENANT}/account`))
    const csrf = /type="hidden" name="([^"]+)" value="([^"]*)"/.exec(await page.text())
    const body = new URLSearchParams({ [csrf?.[1] ?? '']: csrf?.[2] ?? '' })
    return browser.open(`${world.here.url}/${TENANT}/account/link`, { method: 'POST', body })
  }
  /** A browser in which ada is signed in, with a PIN of the level 0. */
  const signedIn = async (): Promise<Browser> => {
    const browser = new Browser()
    await tokens({ login: { enabled: true, ui_generation_enabled: true } })
    const handle = await reachLogin(world.here, browser, (await newRequest(world.app)).address)
    await completeLogin(world.here, browser, TENANT, handle)
    return browser
  }

  it('on: the person makes a link for another device', async () => {
    const browser = await signedIn()
    const made = await (await press(browser)).text()
    const url = /<code>([^<]+)<\/code>/.exec(made)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const other = new Browser()
    await use(url, other)
    expect(await isSignedIn(other)).toBe(true)
  })

  it('on: nobody reaches a higher level by it than by their login', async () => {
    const browser = await signedIn()
    await tokens({ login: { enabled: true, ui_generation_enabled: true, authentication_level: 2 } })
    expect((await press(browser)).status).toBe(403)
  })

  it('off: there is no such button, and no link', async () => {
    const browser = await signedIn()
    await tokens({ login: { enabled: true } })
    const page = await follow(browser, await browser.open(`${world.here.url}/${TENANT}/account`))
    expect(await page.text()).not.toContain('/account/link')
    expect((await press(browser)).status).toBe(403)
  })
})

describe('action_token.coupling', () => {
  /** Opens the link, and signs in at the other provider as somebody there; the page that the browser comes back to. */
  async function come(url: string, browser: Browser, at = ADA): Promise<Response> {
    const page = await follow(browser, await browser.open(url))
    const away = /href="([^"]*\/login\/with\/[^"]+)"/.exec(await page.text())?.[1]?.replaceAll('&amp;', '&') ?? ''
    const there = target(await browser.open(world.here.url + away), world.there.url)
    const elsewhere = new Browser()
    const handle = await reachLogin(world.there, elsewhere, there)
    const tenant = there.pathname.split('/')[1] ?? ''
    const back = target(await completeLogin(world.there, elsewhere, tenant, handle, at), world.there.url)
    return follow(browser, await browser.open(back.href))
  }

  it('enabled: the account at the other provider is connected with the person of the token, and signs in from then on', async () => {
    await tokens({ coupling: { enabled: true } })
    await user('eve')
    const { url } = await issue('coupling', undefined, 'eve')
    const browser = new Browser()
    const question = await come(url, browser)
    const text = await question.text()
    expect(textOf(text)).toContain('signs you in as eve')
    const again = await browser.open(question.url)
    const end = await handedOver(browser, await browser.submit(again))
    expect(textOf(await end.text())).toContain('eve@example.com')
    const request = await newRequest(world.app, 'openid')
    const silent = target(await browser.open(String(request.address)), world.here.url)
    expect(silent.searchParams.has('code')).toBe(true)
    expect((await use(url)).status).toBe(401)
    expect((await events(world)).some(({ event }) => event === 'identity.connected')).toBe(true)
  })

  it('is neither a login by itself nor good for an account that is connected already', async () => {
    await tokens({ coupling: { enabled: true } })
    await user('mallory')
    const { url } = await issue('coupling', undefined, 'mallory')
    const browser = new Browser()
    const page = await follow(browser, await browser.open(url))
    const handle = new URL(page.url).searchParams.get('auth_req_id')
    const csrf = await follow(
      browser,
      await browser.open(`${world.here.url}/${TENANT}/login?auth_req_id=${handle}&other=1`),
    )
    const [, name = '', value = ''] = /type="hidden" name="([^"]+)" value="([^"]*)"/.exec(await csrf.text()) ?? []
    const body = new URLSearchParams({ [name]: value })
    for (const path of ['token', 'token/couple']) {
      const at = `${world.here.url}/${TENANT}/login/${path}?auth_req_id=${handle}`
      expect((await browser.open(at, { method: 'POST', body })).status).toBe(401)
    }
    expect(await isSignedIn(browser)).toBe(false)
  })

  it('off: none is issued', async () => {
    await tokens({})
    expect((await issue('coupling')).status).toBe(403)
  })
})

// Last, since it stops the address.
it('an action token cannot be guessed: who tries many is stopped', async () => {
  await tokens({ login: { enabled: true } })
  const statuses = new Set<number>()
  const request = await newRequest(world.app, 'openid', {
    login_hint: 'urn:plumbline:action-token:login.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  })
  const browser = new Browser()
  const handle = await reachLogin(world.here, browser, request.address)
  for (let i = 0; i < 61; i++) {
    const page = await browser.open(`${world.here.url}/${TENANT}/login/token?auth_req_id=${handle}`)
    statuses.add(page.status)
  }
  expect([...statuses]).toEqual([401, 429])
})
