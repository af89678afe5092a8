import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageHeaders } from '../../../identity/frame/headers.ts'
import { logoOf } from '../../../identity/frame/site.ts'
import { PAGE_TEXTS } from '../../../identity/frame/texts.ts'
import { newRequest, openApplication } from '../oidc/application.ts'
import { Browser, reachLogin } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { ACCESS } from '../settings/runtime.ts'
import { begin, form, tokenOf } from './begun.ts'

/** Every built-in text in French, so to say. */
const FRENCH = Object.fromEntries(Object.entries(PAGE_TEXTS).map(([key, text]) => [key, `« ${text} »`]))

const XSS = '"><script>alert(1)</script>'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

describe('a form', () => {
  it('with junk in it is no fault of the server', async () => {
    const { browser, address } = await begin(world)
    const csrf = await tokenOf(await browser.open(address))
    const long = form({ csrf, username: 'x'.repeat(10_000) })
    const huge = form({ csrf, username: 'x'.repeat(100_000) })
    const twice = { ...form({}), body: new URLSearchParams([...Object.entries({ csrf }), ['csrf', csrf]]) }
    const answers = [long, huge, twice].map((sent) => browser.open(address, sent))
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([422, 413, 400])
  })
})

describe('a login', () => {
  it('cannot be gone on with in another browser', async () => {
    const { address } = await begin(world)
    const page = await new Browser().open(address)
    expect([page.status, (await page.text()).includes('no longer pending in this browser')]).toEqual([401, true])
  })

  it('is not shown under another tenant', async () => {
    const [own, other] = [await begin(world), await begin(world)]
    const page = await own.browser.open(own.address.replace(own.tenant, other.tenant))
    expect(page.status).toBe(401)
  })

  it('asks nobody for consent who has not signed in', async () => {
    const { tenant, browser, handle } = await begin(world)
    const page = await browser.open(`${world.url}/${tenant}/consent?auth_req_id=${handle}`)
    expect(page.status).toBe(401)
  })

  it('of an expired ticket ends on a page for people', async () => {
    const { tenant, browser, handle } = await begin(world)
    const address = `${world.url}/${tenant}/oidc/complete?auth_req_id=${handle}&nonce=gone`
    const page = await browser.open(address, { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8'])
  })
})

describe('every page', () => {
  /** An organization of the tenant has texts of its own. */
  const withTexts = async (tenant: string, messages: object) => {
    const organization_id = `org-${tenant}`
    await world.admin('POST', '/v1/organizations', { organization_id, access: ACCESS })
    await world.admin('PUT', `/v1/organizations/${organization_id}/tenants/${tenant}`)
    const authorization = `Basic ${Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')}`
    await fetch(`${world.url}/orgs/${organization_id}/cim/api/v2/config/custom-messages`, {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(messages),
    })
  }

  const PATHS = ['/login', '/sign-up', '/reset', '/reset/code', '/verify', '/outbox', '/oidc/device']

  it.each([...PATHS, '/login/nowhere'])('%s refuses frames, inline code and foreign sources', async (path) => {
    const { tenant, browser, handle } = await begin(world)
    const page = await browser.open(`${world.url}/${tenant}${path}?auth_req_id=${handle}`)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'? |\*/)
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    expect(page.headers.get('referrer-policy')).toBe('same-origin')
    expect(await page.text()).not.toMatch(/ style=| on[a-z]+="/)
  })

  it('allows WebAssembly only where a secret is derived', async () => {
    const { tenant, browser, handle, address } = await begin(world)
    const start = await browser.open(address)
    await browser.submit(start, { username: 'ada' })
    const secret = await browser.open(`${world.url}/${tenant}/login/secret?auth_req_id=${handle}`)
    const policies = [start, secret].map((page) => page.headers.get('content-security-policy')?.includes('wasm'))
    expect(policies).toEqual([false, true])
  })

  it('escapes what tenants, clients, people and organizations write', async () => {
    const { tenant, browser, address } = await begin(
      world,
      { display_name: XSS },
      { name: XSS, logo_uri: 'http://shop.example.com/logo.png' },
    )
    await withTexts(tenant, { default: { 'common.continue': XSS }, locales: {} })
    const csrf = await tokenOf(await browser.open(address))
    await browser.open(address, form({ csrf, username: XSS }))
    const page = await (await browser.open(address)).text()
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('logo.png')
    expect(page.split('&lt;script&gt;alert(1)').length).toBeGreaterThan(4)
  })

  it('comes in the language of the person, as far as the organization has texts', async () => {
    const { tenant, browser, address } = await begin(world)
    const it = { 'common.continue': 'Continua', 'login.title': 'Accedi a {site}' }
    await withTexts(tenant, { default: {}, locales: { it, fr: FRENCH } })
    const page = await (await browser.open(address, { headers: { 'accept-language': 'de;q=0.5, it-CH' } })).text()
    expect(page).toContain(`Accedi a ${tenant}`)
    expect(page).toContain('Continua')
    // Most of it is in English.
    expect(page).toContain('<html lang="en" dir="ltr">')
    const french = await (await browser.open(address, { headers: { 'accept-language': 'fr' } })).text()
    expect(french).toContain('<html lang="fr" dir="ltr">')
  })

  it.each([
    ['de', 'de', 'Benutzername'],
    ['de-CH, fr;q=0.9', 'de', 'Benutzername'],
    ['sv', 'sv', 'Användarnamn'],
    ['xx, es;q=0.5', 'es', 'Nombre de usuario'],
    ['xx', 'en', 'User name'],
  ])(
    'comes in a built-in language without any custom messages: for who accepts %s in %s',
    async (header, lang, name) => {
      const { browser, address } = await begin(world)
      const page = await (await browser.open(address, { headers: { 'accept-language': header } })).text()
      expect(page).toContain(`<html lang="${lang}" dir="ltr">`)
      expect(page).toContain(name)
    },
  )

  it('runs from right to left where the custom messages are in such a language', async () => {
    const { tenant, browser, address } = await begin(world)
    const ar = Object.fromEntries(Object.keys(PAGE_TEXTS).map((key) => [key, 'تسجيل الدخول إلى حسابك في هذا الموقع']))
    await withTexts(tenant, { default: {}, locales: { ar_EG: ar } })
    const page = await (await browser.open(address, { headers: { 'accept-language': 'ar-EG' } })).text()
    expect(page).toContain('<html lang="ar-EG" dir="rtl">')
  })

  it('comes in the language that the application asks for (ui_locales), before those of the browser', async () => {
    const { tenant } = await begin(world)
    await withTexts(tenant, { default: {}, locales: { fr: FRENCH } })
    const app = await openApplication(world, { client_id: 'asking' }, tenant)
    const langOf = async (ui_locales: string) => {
      const browser = new Browser()
      const handle = await reachLogin(world, browser, (await newRequest(app, 'openid', { ui_locales })).address)
      const address = `${world.url}/${tenant}/login?auth_req_id=${handle}`
      const page = await (await browser.open(address, { headers: { 'accept-language': 'en' } })).text()
      return /<html lang="([^"]+)"/.exec(page)?.[1]
    }
    expect([await langOf('xx-YY fr-CA'), await langOf('it'), await langOf('"><script>')]).toEqual(['fr', 'en', 'en'])
  })
})

describe('the logo of an application', () => {
  /** Content-Security-Policy of the sign-in page, or the status with which the registration was refused. */
  const policyWith = async (logo_uri: string) => {
    const begun = await begin(world, {}, { logo_uri }).catch(() => undefined)
    return begun && (await begun.browser.open(begun.address)).headers.get('content-security-policy')
  }

  it.each([
    ['https://cdn.example.com/logo.png', 'https://cdn.example.com'],
    ['https://cdn.example.com:8443/a;b,c/logo.png?x=;script-src%20*', 'https://cdn.example.com:8443'],
    ['https://user:secret@cdn.example.com/logo.png', 'https://cdn.example.com'],
    ['https://xn--bcher-kva.example/logo.png', 'https://xn--bcher-kva.example'],
  ])('at %s adds its site to the pictures of the policy', async (logo, site) => {
    const [plain, policy] = [await policyWith('http://cdn.example.com/x'), await policyWith(logo)]
    expect(policy).toBe(plain?.replace("img-src 'self'", `img-src 'self' ${site}`))
  })

  it.each([
    'https://a.example;script-src/x',
    'https://a.example;sandbox/x',
    'https://a.example;report-uri/x',
    'https://a.example,default-src/x',
    'https://*/x',
    'https://*.example.com/x',
    "https://'unsafe-inline'/x",
    'https://a"b/x',
    'https://a(b)/x',
    'https://[2001:db8::1]/x',
    'https://a.example/ ; script-src *',
    'https://a.example\r\nset-cookie: x=y',
    'https://a.example\n;script-src *',
    'https://bücher。example；sandbox/x',
    'https://a．example；sandbox/x',
    'blob:https://a.example;sandbox/x',
    'data:image/png;base64,AAAA',
    "javascript:alert('x')",
  ])('at %j adds nothing else', async (logo) => {
    const [plain, policy] = [await policyWith('http://cdn.example.com/x'), await policyWith(logo)]
    // What is no address at all is refused where it is registered.
    expect([plain, undefined]).toContain(policy)
  })

  it('is left out whatever is stored', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['https'] }), fc.string(), fc.nat(40), (address, junk, at) => {
        const host = address.slice(0, 8 + at) + junk + address.slice(8 + at)
        const logo = logoOf(host)
        const policy = pageHeaders({ logo })['content-security-policy']
        const bare = pageHeaders({ logo: undefined })['content-security-policy']
        const added = policy.replace(/img-src 'self'( https:\/\/[a-z0-9.-]+(:\d+)?)?/, "img-src 'self'")
        expect(added).toBe(bare)
      }),
    )
  })
})

describe('the outbox', () => {
  it('is shown to who gave the administrator key in this browser, and to nobody else', async () => {
    const { tenant, browser } = await begin(world)
    const address = `${world.url}/${tenant}/outbox`
    const wrong = await browser.submit(await browser.open(address), { key: `pla_${'x'.repeat(43)}` })
    const key = String(world.service.createdAdminKey)
    const opened = await browser.submit(await browser.open(address), { key })
    const shown = await (await browser.open(address)).text()
    expect([wrong.status, opened.status, shown.includes('Lock the outbox'), shown.includes(key)]).toEqual([
      401,
      303,
      true,
      false,
    ])
    expect(await (await new Browser().open(address)).text()).toContain('Administrator key')
    await browser.submit(await browser.open(address))
    expect(await (await browser.open(address)).text()).toContain('Administrator key')
  })
})

describe('style and scripts', () => {
  it('are served for good under the hash of their content, and under no other name', async () => {
    const { browser, address } = await begin(world)
    const path =
      /href="(\/v1\/pages\/style\.[0-9a-f]{16}\.css)"/.exec(await (await browser.open(address)).text())?.[1] ?? ''
    const style = await fetch(world.url + path)
    expect([style.status, style.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    expect((await fetch(`${world.url}/v1/pages/style.0000000000000000.css`)).status).toBe(404)
  })
})
