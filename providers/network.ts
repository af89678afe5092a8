import type { Retry } from '../config/errors.ts'

/** Why no answer came. */
export interface NetworkFault {
  /** In words, after "no answer from <address>:". */
  readonly why: string
  /** It failed before anything was sent, so that nothing can have happened. */
  readonly unsent?: true
  readonly retry: Retry
  readonly help?: string
}

const CHECK_ENDPOINT = 'Check the endpoint of the connection, and that this machine can reach it.'
const CHECK_CERTIFICATE = 'Fix the certificate of the system, or trust its authority with NODE_EXTRA_CA_CERTS.'

const unsent = (why: string): NetworkFault => ({ why, unsent: true, retry: 'backoff', help: CHECK_ENDPOINT })
const untrusted = (why: string): NetworkFault => ({ why, unsent: true, retry: 'never', help: CHECK_CERTIFICATE })

/** Codes of Node.js, OpenSSL and undici. */
const BY_CODE: Readonly<Record<string, NetworkFault>> = {
  ECONNREFUSED: unsent('the connection was refused'),
  ENOTFOUND: unsent('there is no such host'),
  EAI_AGAIN: unsent('the name server does not answer'),
  EHOSTUNREACH: unsent('the host cannot be reached'),
  ENETUNREACH: unsent('the network cannot be reached'),
  UND_ERR_CONNECT_TIMEOUT: unsent('connecting took too long'),
  CERT_HAS_EXPIRED: untrusted('its certificate has expired'),
  CERT_NOT_YET_VALID: untrusted('its certificate is not valid yet'),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('its certificate is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted('its certificate comes from an authority that is not trusted here'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted('its certificate comes from an authority that is not trusted here'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted('its certificate comes from an authority that is not trusted here'),
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted('its certificate is for another name'),
  ECONNRESET: { why: 'the connection was cut', retry: 'backoff' },
  EPIPE: { why: 'the connection was cut', retry: 'backoff' },
  UND_ERR_SOCKET: { why: 'the connection was cut', retry: 'backoff' },
  TimeoutError: { why: 'it took too long', retry: 'backoff', help: 'Raise timeoutSeconds of the connection.' },
}

/** What the error of `fetch` says, with its code. */
export function networkFault(thrown: unknown): NetworkFault {
  const code = codeOf(thrown)
  const known = code === undefined ? undefined : BY_CODE[code]
  if (known === undefined) return { why: code ?? 'the connection failed', retry: 'backoff' }
  return code === 'TimeoutError' ? known : { ...known, why: `${known.why} (${code})` }
}

/** `fetch` wraps the error of the network; a time-out has a name only. */
function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  if (thrown.name === 'TimeoutError') return thrown.name
  const { code } = (thrown.cause ?? thrown) as { readonly code?: unknown }
  return typeof code === 'string' ? code : undefined
}
