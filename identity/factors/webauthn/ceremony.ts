import { isIP } from 'node:net'
import { PlumblineError } from '../../../config/errors.ts'
import { hmacUnder } from '../../crypto/derived-keys.ts'
import type { Deps } from '../../deps.ts'
import type { Tenant } from '../../directory/tenants.ts'
import { publicUrlOf } from '../../platform/http/public-url.ts'
import type { Collection } from '../../store/store.ts'

/** Loaded by the first ceremony, since no start needs it. */
export const webauthn = () => import('@simplewebauthn/server')

/** A ceremony that was begun: its challenge is taken out on first use, good or bad. In the scope of the tenant. */
interface Ceremony {
  /** The challenge, 256 random bits, base64url. */
  readonly id: string
  readonly purpose: 'register' | 'sign-in'
  /** Who registers; empty for a sign-in. */
  readonly user_id: string
}
const CEREMONIES: Collection<Ceremony> = { name: 'webauthnCeremonies', id: (c) => c.id, indexes: [] }
export const CEREMONY_SECONDS = 300

export const beginCeremony = ({ store }: Pick<Deps, 'store'>, tenant: string, ceremony: Ceremony): Promise<void> =>
  store.create(CEREMONIES, tenant, ceremony, CEREMONY_SECONDS)

/** Spends the challenge that the client data names, and returns it; `undefined` when the client data is not of such a ceremony. */
export async function spendCeremony(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  clientDataJson: string,
  wanted: Omit<Ceremony, 'id'>,
): Promise<string | undefined> {
  const challenge = await challengeIn(clientDataJson)
  const found = challenge === undefined ? undefined : await store.take(CEREMONIES, tenant, challenge)
  return found?.purpose === wanted.purpose && found.user_id === wanted.user_id ? challenge : undefined
}

/** Another site may not frame ours for it (WebAuthn Level 3, section 7.2, crossOrigin). */
async function challengeIn(clientDataJson: string): Promise<string | undefined> {
  const { decodeClientDataJSON } = await import('@simplewebauthn/server/helpers')
  try {
    const { challenge, crossOrigin } = decodeClientDataJSON(clientDataJson)
    return typeof challenge === 'string' && crossOrigin !== true ? challenge : undefined
  } catch {
    // Anybody can send anything here; what cannot be read names no challenge.
    return undefined
  }
}

/** The relying party: the host of the public URL, which browsers let stand for its own pages only. */
export interface RelyingParty {
  readonly id: string
  readonly origin: string
}

/** Throws FORBIDDEN when the tenant has no passkeys, or the service is reached by a bare address, for which there are none. */
export function requireRelyingParty(deps: Pick<Deps, 'publicUrl'>, tenant: Tenant): RelyingParty {
  if (!tenant.passkey_enabled) throw new PlumblineError('FORBIDDEN', 'this tenant has no login by passkey')
  const { hostname: id, origin } = new URL(publicUrlOf(deps))
  if (isIP(id.replace(/[[\]]/g, '')) !== 0)
    throw new PlumblineError('FORBIDDEN', 'passkeys need a host name in the public URL, e.g. http://localhost:8470')
  return { id, origin }
}

/** What an authenticator knows a user by: 32 bytes that say nothing and differ between tenants (section 5.4.3, `id`). */
export const userHandle = ({ masterKey }: Pick<Deps, 'masterKey'>, tenant: string, userId: string): Buffer =>
  hmacUnder(masterKey, 'passkey user')
    .update(JSON.stringify([tenant, userId]))
    .digest()
