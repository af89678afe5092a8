import type { Site } from './site.ts'

/** What a page is allowed beyond nothing. */
export interface Allowed {
  /** Runs one of our scripts, which talk to our own operations. */
  readonly script?: boolean
  /** Derives a key from a login secret (Argon2id in WebAssembly). */
  readonly wasm?: boolean
  /** Where its forms go on to is not ours to say: a logout leads back to the application. */
  readonly anyForm?: boolean
}

/** No inline script or style, no frame, no foreign content but the logo of the application. */
function policyOf({ logo }: Pick<Site, 'logo'>, { script, wasm, anyForm }: Allowed): string {
  const directives = [
    "default-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "style-src 'self'",
    `img-src 'self'${logo === undefined ? '' : ` ${new URL(logo).origin}`}`,
    ...(script ? [`script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ''}`, "connect-src 'self'"] : []),
    ...(anyForm ? [] : ["form-action 'self'"]),
  ]
  return directives.join('; ')
}

/** Headers of every page (Content Security Policy Level 3). Handles stand in addresses, so no other site may see them. */
export const pageHeaders = (site: Pick<Site, 'logo'>, allowed: Allowed = {}) => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policyOf(site, allowed),
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
})
