import { SAYS } from '../field.ts'

const LOOPBACK = 'http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:[0-9]+)?'
const BASE_URL = `https://[^\\s?#]+|${LOOPBACK}(/[^\\s?#]*)?`

/** A page that browsers open: nothing but the web, so that a link never runs a script. */
export const WEB_PAGE = { pattern: '^https?://', [SAYS]: 'is not a web address; it has to begin with https://' }

/**
 * Where a login may return to (RFC 6749, section 3.1.2; RFC 8252, section 7): https, http on a loopback host, or the private
 * scheme of an app, which contains a dot; never with a fragment.
 */
export const REDIRECT_URI = {
  pattern: `^(https://[^/]|${LOOPBACK}(/|\\?|$)|[a-z][a-z0-9+-]*(\\.[a-z0-9+-]+)+:/)[^#]*$`,
  [SAYS]:
    'cannot be returned to; use https, http on a loopback host, or the private scheme of an app, and no fragment (#)',
}

/** Base URL of a system. */
export const SYSTEM_URL = {
  pattern: `^(${BASE_URL})$`,
  [SAYS]: 'is not the address of a system; use https (http on a loopback host only), without query and fragment',
  maxLength: 2048,
}

/** The runtime in this process, or the base URL of a system. */
export const ENDPOINT = {
  pattern: `^(embedded|${BASE_URL})$`,
  [SAYS]:
    'is no endpoint; write embedded, or an https address (http on a loopback host only) without query and fragment',
  maxLength: 2048,
}
