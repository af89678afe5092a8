import { createHash } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import type { Collection } from '../store/store.ts'

/** A registered passkey (WebAuthn Level 3, section 4, credential record), in the scope of the tenant. */
export interface Passkey {
  /** Digest of the credential id, which itself can be too long for an address. */
  readonly id: string
  readonly credential_id: string
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** COSE key, base64url. */
  readonly public_key: string
  readonly counter: number
  readonly name: string | null
  readonly created_at: string
  readonly last_use: PasskeyUse | null
  readonly transports: readonly string[]
  /** Whether it may be copied to other devices, and whether it was. */
  readonly device_type: string
  readonly backed_up: boolean
}

/** Contract schema PasskeyUse. */
interface PasskeyUse {
  readonly date: string
  readonly ip: string
  readonly country: null
  readonly user_agent: string | null
}

export const PASSKEYS: Collection<Passkey> = {
  name: 'passkeys',
  id: (passkey) => passkey.id,
  indexes: ['user_id', 'created_at'],
}

/** Passkeys that one user can have. */
export const MOST_PASSKEYS = 20

export const passkeyId = (credentialId: string): string => createHash('sha256').update(credentialId).digest('base64url')

export async function passkeysOf(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  userId: string,
): Promise<readonly Passkey[]> {
  const query = { where: { user_id: userId }, orderBy: 'created_at', limit: MOST_PASSKEYS } as const
  return (await store.find(PASSKEYS, tenant, query)).items
}

/** Takes all passkeys of a user away. */
export async function removePasskeysOf(deps: Pick<Deps, 'store'>, tenant: string, userId: string): Promise<void> {
  for (const { id } of await passkeysOf(deps, tenant, userId)) await deps.store.delete(PASSKEYS, tenant, id)
}

/** Throws NOT_FOUND, for the passkey of somebody else, too. */
export async function requireOwn(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  userId: string,
  id: string,
): Promise<Passkey> {
  const passkey = await store.get(PASSKEYS, tenant, id)
  if (passkey?.user_id !== userId) throw new PlumblineError('NOT_FOUND', 'there is no such passkey')
  return passkey
}

/** Contract schema Passkey. */
export const shownPasskey = ({ id, created_at, name, last_use }: Passkey) => ({ id, created_at, name, last_use })
