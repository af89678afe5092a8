import type { FastifyReply, FastifyRequest } from 'fastify'
import { hmacUnder } from '../crypto/derived-keys.ts'
import { sameHash } from '../crypto/hash.ts'
import type { Deps } from '../deps.ts'
import { Fault } from '../platform/fault.ts'
import { browserOf, newBrowser } from '../platform/http/browser.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { PAGE_TEXTS } from './texts.ts'

/** Field of a form, and header of a call, that shows that our own page sent it. */
export const CSRF_FIELD = 'csrf'
const CSRF_HEADER = 'x-csrf-token'

/** The token for the forms of a page: made from the cookie of the browser, which another site can neither read nor set. */
export function csrfToken(
  deps: Pick<Deps, 'masterKey' | 'publicUrl'>,
  request: FastifyRequest,
  reply: FastifyReply,
  tenant: string,
): string {
  const known = browserOf(request.headers.cookie)
  if (known !== undefined) return tokenFor(deps, tenant, known)
  const { cookie, browser } = newBrowser(tenant, publicUrlOf(deps).startsWith('https:'))
  reply.header('set-cookie', cookie)
  return tokenFor(deps, tenant, browser)
}

/** Throws Fault 403 unless a page of ours in the same browser sent the request. */
export function requireOwnForm(deps: Pick<Deps, 'masterKey'>, request: FastifyRequest, tenant: string): void {
  const { 'sec-fetch-site': from = 'same-origin', [CSRF_HEADER]: header } = request.headers
  const sent = header ?? (request.body as Readonly<Record<string, unknown>> | undefined)?.[CSRF_FIELD]
  const browser = browserOf(request.headers.cookie)
  const good = browser !== undefined && typeof sent === 'string' && sameHash(sent, tokenFor(deps, tenant, browser))
  // Browsers write Sec-Fetch-Site themselves (Fetch Metadata); old ones leave it out.
  if (from !== 'same-origin' || !good) throw new Fault(403, PAGE_TEXTS['error.forged'], { text: 'error.forged' })
}

const tokenFor = ({ masterKey }: Pick<Deps, 'masterKey'>, tenant: string, browser: string): string =>
  hmacUnder(masterKey, 'page form')
    .update(JSON.stringify([tenant, browser]))
    .digest('base64url')
