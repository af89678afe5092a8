import { type CryptoKey, importJWK, type JSONWebKeySet } from 'jose'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { scopeOf } from '../directory/organizations.ts'
import { openKeyRing } from '../oidc/keys.ts'

/** What every provider takes (RFC 7518, sections 3.1 and 4.1; OpenID Connect Core, section 15.1). */
const SIGNING = 'RS256'
const ENCRYPTION = 'RSA-OAEP-256'

type Parts = Pick<Deps, 'store' | 'now' | 'masterKey'>

/** A private key of an organization, as the library takes it. */
interface OwnKey {
  readonly key: CryptoKey
  readonly kid: string
  readonly alg: string
}

/**
 * The key with which an organization proves itself to other providers (`private_key_jwt`). It signs nothing else, so that what one provider
 * is sent is no token of ours.
 */
export async function clientKeyOf(parts: Parts, organization: string): Promise<OwnKey> {
  const [key] = await keysFor(parts, organization, SIGNING)
  if (key === undefined) throw new PlumblineError('INTERNAL', 'the organization has no key')
  return key
}

/** The keys to which other providers encrypt, the one in use first. */
export const decryptionKeysOf = (parts: Parts, organization: string): Promise<readonly OwnKey[]> =>
  keysFor(parts, organization, ENCRYPTION)

async function keysFor(parts: Parts, organization: string, alg: typeof SIGNING | typeof ENCRYPTION) {
  const { keys } = await openKeyRing(parts, scopeOf(organization), [alg])
  const own = keys.filter((key) => key.alg === alg)
  return Promise.all(
    own.map(async ({ kid, privateJwk }) => ({ key: (await importJWK(privateJwk, alg)) as CryptoKey, kid, alg })),
  )
}

/** The public halves, which other providers read. */
export async function clientKeySet(parts: Parts, organization: string): Promise<JSONWebKeySet> {
  const { keys } = await openKeyRing(parts, scopeOf(organization), [SIGNING, ENCRYPTION])
  return { keys: keys.map(({ publicJwk }) => publicJwk) }
}
