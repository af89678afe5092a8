import { issueTicket, type Login } from '../../../identity/oidc/login-ticket.ts'
import type { OidcWorld } from './world.ts'

/** As much of a browser as the protocol needs: it keeps cookies by path and follows no redirect by itself. */
export class Browser {
  readonly #cookies = new Map<string, { readonly path: string; readonly value: string }>()

  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url)
    const own = [...this.#cookies].filter(([, { path }]) => `${pathname}/`.startsWith(path === '/' ? '/' : `${path}/`))
    const cookie = own.map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ')
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) }
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const text of answer.headers.getSetCookie()) this.#keep(text)
    return answer
  }

  /** Submits the only form of a page. */
  async submit(page: Response, choice: Readonly<Record<string, string>> = {}): Promise<Response> {
    const html = await page.text()
    const action = /action="([^"]+)"/.exec(html)?.[1] ?? ''
    const hidden = [...html.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, n, v]) => [n, v] as [string, string],
    )
    return this.open(new URL(action.replaceAll('&amp;', '&'), page.url).href, {
      method: 'POST',
      body: new URLSearchParams({ ...Object.fromEntries(hidden), ...choice }),
    })
  }

  /** The values of all cookies that it holds. */
  values(): string[] {
    return [...this.#cookies.values()].map(({ value }) => value)
  }

  #keep(text: string): void {
    const [pair = '', ...attributes] = text.split('; ')
    const path = attributes.find((a) => a.startsWith('path='))?.slice(5) ?? '/'
    const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    const gone = attributes.some((a) => a.toLowerCase().startsWith('expires=thu, 01 jan 1970'))
    if (gone) this.#cookies.delete(`${name} ${path}`)
    else this.#cookies.set(`${name} ${path}`, { path, value })
  }
}

export const ADA: Login = { userId: 'ada', methods: ['pin'], complete: true }

/** Where an answer redirects to. */
export const target = (answer: Response, base: string): URL => new URL(answer.headers.get('location') ?? '', base)

/** Opens an address of the authorization endpoint and stops at the login page; returns the handle in its address. */
export async function reachLogin(world: OidcWorld, browser: Browser, address: string | URL): Promise<string> {
  const answer = await browser.open(String(address))
  const login = target(answer, world.url)
  const handle = login.searchParams.get('auth_req_id')
  if (handle === null) throw new Error(`no login page, but ${answer.status} ${login.href} ${await answer.text()}`)
  return handle
}

/** What the login pages do: prove who it is, then send the browser to the completion with the ticket. */
export async function completeLogin(
  world: OidcWorld,
  browser: Browser,
  tenant: string,
  handle: string,
  login = ADA,
): Promise<Response> {
  const ticket = await issueTicket(world.service.deps, handle, login)
  const query = new URLSearchParams({ auth_req_id: handle, nonce: ticket })
  const resumed = await browser.open(`${world.url}/${tenant}/oidc/complete?${query}`)
  if (resumed.status !== 303) return resumed
  const answer = await browser.open(target(resumed, world.url).href)
  return allowed(world.url, browser, answer)
}

/** Where an answer leads to the consent page of the service at `base`: allows what it asks for, and goes on from there. */
export async function allowed(base: string, browser: Browser, answer: Response): Promise<Response> {
  if (!target(answer, base).pathname.endsWith('/consent')) return answer
  const at = (address: string): string => {
    const { pathname, search } = new URL(address, base)
    return `${base}${pathname}${search}`
  }
  const page = await browser.open(at(target(answer, base).href))
  const html = await (await browser.submit(page, { decision: 'allow' })).text()
  const next = /content="0; url=([^"]+)"/.exec(html)?.[1] ?? ''
  return browser.open(at(next.replaceAll('&amp;', '&')))
}

/** Signs in through an authorization address and returns the address to which the application is sent. */
export async function signIn(
  world: OidcWorld,
  browser: Browser,
  tenant: string,
  address: string | URL,
  login = ADA,
): Promise<URL> {
  const handle = await reachLogin(world, browser, address)
  return target(await completeLogin(world, browser, tenant, handle, login), world.url)
}
