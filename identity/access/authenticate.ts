import type { FastifyRequest } from 'fastify'
import { PlumblineError } from '../../config/errors.ts'
import { keyHash, sameHash } from '../crypto/hash.ts'
import type { Deps } from '../deps.ts'
import { ADMINISTRATOR_KEYS, isFormOfAdminKey } from '../directory/administrator-key.ts'
import { API_KEYS } from '../directory/api-keys.ts'
import { GLOBAL } from '../store/store.ts'
import { credentialsOf, keyIdIn } from './credentials.ts'
import { principalOfLogin, principalOfProgram } from './principal.ts'

/** Who makes a request. A key, or an access token in its place, acts for one user of one tenant, within its scopes. */
export type Principal =
  | { readonly kind: 'admin' }
  | {
      readonly kind: 'key'
      readonly keyId: string
      readonly tenant: string
      readonly userId: string
      readonly scopes: readonly string[]
    }

/**
 * Who sends the request, by the key in `X-API-Key`, or else a key or an access token of ours in `Authorization: Bearer`. Throws
 * UNAUTHENTICATED when none is good.
 */
export async function authenticate(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: FastifyRequest,
): Promise<Principal> {
  const credentials = credentialsOf(request)
  switch (credentials.form) {
    case 'login':
      return principalOfLogin(deps, request, credentials)
    case 'program':
      return principalOfProgram(deps, credentials.token)
    case 'key':
      return requireHolder(deps, credentials.text)
    case 'none':
      throw new PlumblineError('UNAUTHENTICATED', 'credentials are missing: send X-API-Key, or Authorization: Bearer')
  }
}

async function requireHolder(deps: Pick<Deps, 'store' | 'now'>, text: string): Promise<Principal> {
  const principal = isFormOfAdminKey(text) ? await administrator(deps, text) : await keyHolder(deps, text)
  if (!principal) throw new PlumblineError('UNAUTHENTICATED', 'the key is not known here')
  return principal
}

/** Lets only the administrator pass. Throws UNAUTHENTICATED, FORBIDDEN. */
export async function requireAdmin(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: FastifyRequest,
): Promise<void> {
  const { kind } = await authenticate(deps, request)
  if (kind !== 'admin') throw new PlumblineError('FORBIDDEN', 'only the administrator key may do this')
}

/** Whether a text is the administrator key. */
export const isAdminKey = async (deps: Pick<Deps, 'store' | 'now'>, text: string): Promise<boolean> =>
  isFormOfAdminKey(text) && (await administrator(deps, text)) !== undefined

async function administrator(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  text: string,
): Promise<Principal | undefined> {
  const { hash = '', former } = (await store.get(ADMINISTRATOR_KEYS, GLOBAL, 'administrator')) ?? {}
  const good = former && former.until > now().getTime() ? [hash, former.hash] : [hash]
  return good.some((one) => sameHash(one, keyHash(text))) ? { kind: 'admin' } : undefined
}

async function keyHolder({ store }: Pick<Deps, 'store'>, text: string): Promise<Principal | undefined> {
  const keyId = keyIdIn(text)
  const key = keyId === undefined ? undefined : await store.get(API_KEYS, GLOBAL, keyId)
  if (!key?.is_active || !sameHash(key.secret_hash, keyHash(text))) return undefined
  return { kind: 'key', keyId: key.key_id, tenant: key.tenant_id, userId: key.user_id, scopes: key.scopes }
}
