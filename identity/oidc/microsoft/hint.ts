import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { LeaseCache } from '../lease-cache.ts'

const KEPT_ISSUERS = 100
const DISCOVERY_MILLISECONDS = 24 * 3600_000
/** A failure is remembered for a while, so that requests to us do not become requests to others. */
const FAILURE_MILLISECONDS = 30_000
const JWKS_MILLISECONDS = 3600_000
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface IssuerKeys {
  /** Undefined when the issuer could not be read. */
  readonly keys: JWTVerifyGetKey | undefined
  readonly goodUntil: number
}

/** The key sets of the issuers in use, found through their discovery documents. */
export type EntraKeys = LeaseCache<IssuerKeys>

/** Reads no key set before it is asked for one. */
export const openEntraKeys = (deps: Pick<Deps, 'now' | 'outsideFetch'>): EntraKeys =>
  new LeaseCache({
    limit: KEPT_ISSUERS,
    open: (issuer) => keysOf(deps, issuer),
    goodUntil: (value: IssuerKeys) => value.goodUntil,
    now: () => deps.now().getTime(),
  })

async function keysOf(deps: Pick<Deps, 'now' | 'outsideFetch'>, issuer: string): Promise<IssuerKeys> {
  const fetch = deps.outsideFetch
  const now = deps.now().getTime()
  try {
    // Whether plain http is good enough is for `outsideFetch` to say.
    const options = { [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: true }
    const answer = await oauth.discoveryRequest(new URL(issuer), options)
    const { jwks_uri } = await oauth.processDiscoveryResponse(new URL(issuer), answer)
    const jwks = { [customFetch]: fetch, cacheMaxAge: JWKS_MILLISECONDS }
    return { keys: createRemoteJWKSet(new URL(jwks_uri ?? ''), jwks), goodUntil: now + DISCOVERY_MILLISECONDS }
  } catch {
    // Whatever is wrong over there, from here it cannot be read.
    return { keys: undefined, goodUntil: now + FAILURE_MILLISECONDS }
  }
}

/** Who signs in at Entra, by a hint that is good. */
export interface Hinted {
  readonly sub: string
  /** Object id of the user and id of the Entra tenant, as `external_id` of our user holds them. */
  readonly externalId: string
}

/**
 * Checks the signature and the issuer of an `id_token_hint`, not its expiry: Entra sends it expired (notes, section 2, `flow`). Its
 * audience is the application's id at Entra, which nobody tells us. Throws REJECTED, UNAVAILABLE.
 */
export async function verifyHint(deps: Pick<Deps, 'entraKeys'>, hint: string, issuer: string): Promise<Hinted> {
  const claims = await deps.entraKeys.use(issuer, async ({ keys }) => {
    if (keys === undefined) throw unreachable()
    const rules = { issuer, algorithms: ['RS256'], clockTolerance: Number.MAX_SAFE_INTEGER, requiredClaims: ['sub'] }
    return jwtVerify(hint, keys, rules).then(({ payload }) => payload, notVerified)
  })
  return { sub: String(claims.sub), externalId: externalIdOf(claims) }
}

/** Codes of jose that speak of the token; the others speak of the key set. */
const ABOUT_TOKEN = /^ERR_(JW[ST]_|JWKS_NO_MATCHING_KEY|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED)/

function notVerified(cause: unknown): never {
  const bad = cause instanceof errors.JOSEError && ABOUT_TOKEN.test(cause.code)
  throw bad ? new PlumblineError('REJECTED', 'the id_token_hint is not good', { cause }) : unreachable(cause)
}

const unreachable = (cause?: unknown) =>
  new PlumblineError('UNAVAILABLE', 'the keys of the issuer of id_token_hint cannot be read now', { cause })

/** `<oid>.<tid>`, as Microsoft's libraries write the home account id of a user. */
function externalIdOf({ oid, tid }: JWTPayload): string {
  const ids = [oid, tid].map((id) => String(id).toLowerCase())
  if (!ids.every((id) => GUID.test(id)))
    throw new PlumblineError('REJECTED', 'the id_token_hint names no user of Entra by oid and tid')
  return ids.join('.')
}
