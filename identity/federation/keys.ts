import { type CryptoKey, importJWK, type JSONWebKeySet } from 'jose'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { scopeOf } from '../directory/organizations.ts'
import { sealedKeyRing } from '../oidc/keys.ts'
import { LeaseCache } from '../oidc/lease-cache.ts'
import { privateJwkOf } from '../oidc/tenant-key.ts'

/** What every provider takes (RFC 7518, sections 3.1 and 4.1; OpenID Connect Core, section 15.1). */
const SIGNING = 'RS256'
const ENCRYPTION = 'RSA-OAEP-256'
type Alg = typeof SIGNING | typeof ENCRYPTION

const KEPT_KEYS = 500

type Parts = Pick<Deps, 'store' | 'now' | 'masterKey'>

/** A private key of an organization, as the library takes it. */
interface OwnKey {
  readonly key: CryptoKey
  readonly kid: string
  readonly alg: string
}

/** The keys of organizations for other providers. */
export interface OwnKeys {
  /**
   * The key with which an organization proves itself to other providers (`private_key_jwt`). It signs nothing else, so that what one
   * provider is sent is no token of ours.
   */
  readonly own: (organization: string) => Promise<OwnKey>
  /** The keys to which other providers encrypt, the one in use first. */
  readonly forDecryption: (organization: string) => Promise<readonly OwnKey[]>
}

/** Which keys there are is asked of the store each time. What an import makes of one is kept, by how it is stored: it takes longer than a signature. */
export function ownKeysOf(parts: Parts): OwnKeys {
  const imported = new LeaseCache<CryptoKey>({
    limit: KEPT_KEYS,
    open: async (stored) => {
      const [scope, alg, sealed] = JSON.parse(stored)
      return (await importJWK(privateJwkOf(parts, scope, sealed), alg)) as CryptoKey
    },
    goodUntil: () => Number.POSITIVE_INFINITY,
    now: () => parts.now().getTime(),
  })
  const keysFor = async (organization: string, alg: Alg): Promise<readonly OwnKey[]> => {
    const scope = scopeOf(organization)
    const { keys } = await sealedKeyRing(parts, scope, [alg])
    const own = keys.filter((key) => key.alg === alg)
    const use = (sealed: string) => imported.use(JSON.stringify([scope, alg, sealed]), async (key) => key)
    return Promise.all(own.map(async ({ kid, sealed }) => ({ key: await use(sealed), kid, alg })))
  }
  return {
    own: async (organization) => {
      const [key] = await keysFor(organization, SIGNING)
      if (key === undefined) throw new PlumblineError('INTERNAL', 'the organization has no key')
      return key
    },
    forDecryption: (organization) => keysFor(organization, ENCRYPTION),
  }
}

/** The public halves, which other providers read. */
export async function clientKeySet(parts: Parts, organization: string): Promise<JSONWebKeySet> {
  const { keys } = await sealedKeyRing(parts, scopeOf(organization), [SIGNING, ENCRYPTION])
  return { keys: keys.map(({ publicJwk }) => publicJwk) }
}
