import { createHash, randomBytes } from 'node:crypto'

const RANDOM_BYTES = 32
const COOKIE = 'plumbline_browser'
const COOKIE_VALUE = /(?:^|; ?)plumbline_browser=([A-Za-z0-9_-]{43})(?:;|$)/

const random = (): string => randomBytes(RANDOM_BYTES).toString('base64url')
const hashOfCookie = (value: string): string => createHash('sha256').update(value).digest('base64url')

/** SHA-256 of the cookie that binds a browser to its logins; `undefined` when the request has none. */
export function browserOf(cookies: string | undefined): string | undefined {
  const value = COOKIE_VALUE.exec(cookies ?? '')?.[1]
  return value === undefined ? undefined : hashOfCookie(value)
}

/** A cookie for a browser that has none yet, as the header Set-Cookie says it, and its hash. */
export function newBrowser(tenant: string, secure: boolean): { readonly cookie: string; readonly browser: string } {
  const value = random()
  const cookie = `${COOKIE}=${value}; path=/${tenant}; httponly; samesite=lax${secure ? '; secure' : ''}`
  return { cookie, browser: hashOfCookie(value) }
}

/** Sets the cookie that binds a browser to its logins, or keeps the one that it has; see `bindBrowser`. */
export interface BrowserCookies {
  readonly sent: string | undefined
  readonly set: (name: string, value: string, options: Readonly<Record<string, unknown>>) => void
}

/** One value per browser and tenant, so that several tabs can sign in at once. */
export function bindBrowser(cookies: BrowserCookies, tenant: string): string {
  const value = COOKIE_VALUE.exec(cookies.sent ?? '')?.[1] ?? random()
  cookies.set(COOKIE, value, {
    path: `/${tenant}`,
    httpOnly: true,
    sameSite: 'lax',
    signed: false,
    overwrite: true,
  })
  return hashOfCookie(value)
}
