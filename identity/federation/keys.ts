import { type CryptoKey, importJWK, type JSONWebKeySet } from 'jose'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { scopeOf } from '../directory/organizations.ts'
import { openKeyRing } from '../oidc/keys.ts'

/** What every provider takes (RFC 7518, section 3.1; OpenID Connect Core, section 15.1). */
const ALGORITHM = 'RS256'

/**
 * The key with which an organization proves itself to other providers (`private_key_jwt`). It signs nothing else, so that what one provider
 * is sent is no token of ours.
 */
export async function clientKeyOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  organization: string,
): Promise<{ readonly key: CryptoKey; readonly kid: string }> {
  const [key] = (await openKeyRing(deps, scopeOf(organization), [ALGORITHM])).keys
  if (key === undefined) throw new PlumblineError('INTERNAL', 'the organization has no key')
  return { key: (await importJWK(key.privateJwk, ALGORITHM)) as CryptoKey, kid: key.kid }
}

/** The public halves, which other providers read. */
export async function clientKeySet(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  organization: string,
): Promise<JSONWebKeySet> {
  const { keys } = await openKeyRing(deps, scopeOf(organization), [ALGORITHM])
  return { keys: keys.map(({ publicJwk }) => publicJwk) }
}
