import { PlumblineError } from '../../config/errors.ts'
import { isForeignHash } from '../crypto/foreign-hash.ts'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection, Store } from '../store/store.ts'
import { isOutdated } from './password-hash.ts'
import { canonical, isTooLong } from './password-text.ts'
import type { StoredUser } from './users.ts'

/** The text password of a user, in the scope of the tenant. */
interface StoredPassword {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** Argon2id hash (PHC string), sealed: without the master key a copy of the database is nothing to guess against. */
  readonly hash: string
  /** RFC 3339. */
  readonly changed_at: string
}

const PASSWORDS: Collection<StoredPassword> = { name: 'textPasswords', id: (p) => p.user_id, indexes: [] }

/** Who a password belongs to. */
export type PasswordOwner = Pick<StoredUser, 'tenant_id' | 'user_id' | 'created_at'>

/** The purpose names tenant and user, so a hash that is copied to another account does not open there. */
const purposeOf = ({ tenant_id, user_id }: PasswordOwner): string =>
  `text password ${JSON.stringify([tenant_id, user_id])}`

/** When the user's password was set (RFC 3339); `undefined` without one. */
export async function passwordSetAt({ store }: Pick<Deps, 'store'>, user: PasswordOwner): Promise<string | undefined> {
  return (await passwordOf(store, user.tenant_id, user))?.changed_at
}

async function passwordOf(
  store: Store,
  tenant: string,
  user: PasswordOwner | undefined,
): Promise<StoredPassword | undefined> {
  const stored = await store.get(PASSWORDS, tenant, user?.user_id ?? '')
  return stored?.user_created_at === user?.created_at ? stored : undefined
}

/**
 * Whether it is the password of the user, in constant work also for `undefined` (a name that nobody has) and for a user without one.
 * A right one whose hash was made in another way than new ones is hashed anew.
 */
export async function isPasswordOf(
  deps: Pick<Deps, 'store' | 'masterKey' | 'passwordHashing'>,
  tenant: string,
  user: PasswordOwner | undefined,
  password: string,
): Promise<boolean> {
  const stored = await passwordOf(deps.store, tenant, user)
  const phc = stored && user && opened(deps, user, stored.hash)
  const text = isTooLong(password) ? '' : canonical(password)
  const isRight =
    phc !== undefined && isForeignHash(phc)
      ? // Another system hashed it as it was typed.
        !isTooLong(password) && (await deps.passwordHashing.matchesForeign(password, phc))
      : await deps.passwordHashing.matches(text, phc)
  if (!isRight) return false
  if (user && stored && phc && isOutdated(phc)) await renewHash(deps, user, stored, text)
  return phc !== undefined
}

function opened({ masterKey }: Pick<Deps, 'masterKey'>, user: PasswordOwner, sealed: string): string {
  try {
    return unseal(masterKey, purposeOf(user), sealed)
  } catch (cause) {
    throw new PlumblineError('INTERNAL', `the stored password of user '${user.user_id}' cannot be opened`, {
      cause,
      help: 'restore the master key that the store was made with, or set another password',
    })
  }
}

/** A password that was changed in the meantime stays. */
async function renewHash(
  deps: Pick<Deps, 'store' | 'masterKey' | 'passwordHashing'>,
  user: PasswordOwner,
  { hash: old }: StoredPassword,
  text: string,
): Promise<void> {
  const hash = seal(deps.masterKey, purposeOf(user), await deps.passwordHashing.hash(text))
  await succeeds(
    deps.store.update(PASSWORDS, user.tenant_id, user.user_id, (p) => (p.hash === old ? { ...p, hash } : p)),
    'NOT_FOUND',
  )
}

/** Stores or replaces the password of a user by its hash. */
export async function putHash(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  user: PasswordOwner,
  hash: string,
): Promise<void> {
  const { tenant_id, user_id, created_at } = user
  const password: StoredPassword = {
    user_id,
    user_created_at: created_at,
    hash: seal(deps.masterKey, purposeOf(user), hash),
    changed_at: deps.now().toISOString(),
  }
  const replaced = deps.store.update(PASSWORDS, tenant_id, user_id, () => password)
  if (!(await succeeds(replaced, 'NOT_FOUND'))) await deps.store.create(PASSWORDS, tenant_id, password)
}

/** True when the user had one. */
export const removePassword = (store: Store, tenant: string, userId: string): Promise<boolean> =>
  store.delete(PASSWORDS, tenant, userId)
