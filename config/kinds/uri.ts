const LOOPBACK = 'http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:[0-9]+)?'

/** A page that browsers open: nothing but the web, so that a link never runs a script. */
export const WEB_PAGE = '^https?://'

/**
 * Where a login may return to (RFC 6749, section 3.1.2; RFC 8252, section 7): https, http on a loopback host, or the private
 * scheme of an app, which contains a dot; never with a fragment.
 */
export const REDIRECT_URI = `^(https://[^/]|${LOOPBACK}(/|\\?|$)|[a-z][a-z0-9+-]*(\\.[a-z0-9+-]+)+:/)[^#]*$`

/** Base URL of a system: https, or http on a loopback host; without query and fragment. */
export const BASE_URL = `https://[^\\s?#]+|${LOOPBACK}(/[^\\s?#]*)?`
