import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { keyHash } from '../crypto/hash.ts'
import type { Collection } from '../store/store.ts'

/** When and from where something was done (contract schema ActionInfo). */
export interface ActionInfo {
  readonly at: string
  readonly ip: string | null
  readonly country: string | null
  readonly user_agent: string | null
  readonly user_agent_parsed: null
}

/** A stored API key: everything but the key itself. */
export interface ApiKey {
  readonly key_id: string
  readonly tenant_id: string
  /** Owner inside the tenant; empty for a key that the administrator made. */
  readonly user_id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly is_active: boolean
  /** SHA-256 of the whole key text, hexadecimal. The key holds 256 random bits, so a fast hash is enough. */
  readonly secret_hash: string
  readonly created_at: ActionInfo
  /** The last use, to the minute; null before the first. */
  readonly last_use_at: ActionInfo | null
}

/** API keys of all tenants, in the scope GLOBAL: a key is looked up by its id before its tenant is known. */
export const API_KEYS: Collection<ApiKey> = {
  name: 'apiKeys',
  id: (key) => key.key_id,
  indexes: ['tenant_id', 'user_id'],
}

/** What a key may be allowed to do, one pair per group of operations. */
export const API_KEY_SCOPES = ['users', 'clients', 'keys', 'tenants', 'scim'].flatMap((group) => [
  `${group}:read`,
  `${group}:write`,
])

/** What is remembered about a request that makes or uses a key. */
export const actionOf = (request: FastifyRequest, now: Date): ActionInfo => ({
  at: now.toISOString(),
  ip: request.ip,
  country: null,
  user_agent: request.headers['user-agent']?.slice(0, 512) ?? null,
  user_agent_parsed: null,
})

/** A new key text `plk_<key_id>_<random>` for the id, and the hash to store. The text is shown once. */
export function mintKey(keyId: string): { readonly text: string; readonly hash: string } {
  const text = `plk_${keyId}_${randomBytes(32).toString('base64url')}`
  return { text, hash: keyHash(text) }
}

export const newKeyId = (): string => randomBytes(9).toString('hex')
