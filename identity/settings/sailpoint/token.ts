import { jwtVerify, SignJWT } from 'jose'
import { deriveKey } from '../../crypto/derived-keys.ts'
import { sameHash } from '../../crypto/hash.ts'
import type { Deps } from '../../deps.ts'
import type { Organization } from '../../directory/organizations.ts'

export const READ_SCOPE = 'idn:password-org-config:read'
export const WRITE_SCOPE = 'idn:password-org-config:write'
/** What the publisher's OpenAPI names for both, where its texts name the other two. */
export const MANAGE_SCOPE = 'idn:password-org-config:manage'
export const SAILPOINT_SCOPES: readonly string[] = [READ_SCOPE, WRITE_SCOPE, MANAGE_SCOPE]
export const TOKEN_SECONDS = 720

const ISSUER = 'plumbline/sailpoint'
const signingKey = (deps: Pick<Deps, 'masterKey'>) => deriveKey(deps.masterKey, 'sailpoint token')

/** Changes with the client secret, so that a new secret ends the tokens of the old one. */
const generationOf = (organization: Organization): string =>
  (organization.access.sailpoint?.client_secret ?? '').slice(0, 16)

/** A signed access token (JWT, RFC 7519) for the organization, good for `TOKEN_SECONDS`. */
export function issueToken(
  deps: Pick<Deps, 'now' | 'masterKey'>,
  organization: Organization,
  scopes: readonly string[],
): Promise<string> {
  const issued = Math.floor(deps.now().getTime() / 1000)
  return new SignJWT({ scope: scopes.join(' '), gen: generationOf(organization) })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience(organization.organization_id)
    .setIssuedAt(issued)
    .setExpirationTime(issued + TOKEN_SECONDS)
    .sign(signingKey(deps))
}

/** The scopes of a good token. Throws an error of `jose` when it is not good, TypeError when its credentials were changed. */
export async function scopesOfToken(
  deps: Pick<Deps, 'now' | 'masterKey'>,
  organization: Organization,
  token: string,
): Promise<string[]> {
  const { payload } = await jwtVerify(token, signingKey(deps), {
    algorithms: ['HS256'],
    typ: 'at+jwt',
    issuer: ISSUER,
    audience: organization.organization_id,
    currentDate: deps.now(),
  })
  if (!sameHash(String(payload.gen), generationOf(organization))) throw new TypeError('the client secret was changed')
  return String(payload.scope).split(' ')
}
