import type { Deps } from '../deps.ts'
import { succeeds } from '../platform/succeeds.ts'
import { putHash, removePassword } from './passwords.ts'
import { indexed, newUser, type StoredUser, USERS, type UserInput } from './users.ts'

/** A user who comes from another system, with the hash of the password there. */
export interface ImportedUser extends UserInput {
  readonly given_name?: string
  readonly family_name?: string
  /** See `crypto/foreign-hash.ts`. */
  readonly password_hash?: string
}

/** `taken`: somebody has the id or the name; nothing of that user was changed. */
export type ImportOutcome = 'created' | 'taken'

/**
 * Creates a user whose password is checked against the hash of the other system at the first sign-in, and hashed anew then. The hash comes
 * first: a crash in between must not leave a user whom nobody can be.
 */
export async function importUser(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  input: ImportedUser,
): Promise<ImportOutcome> {
  const user = userOf(input, deps.now().toISOString())
  const { tenant_id, user_id } = user
  // The hash of whoever has the id is theirs.
  if ((await deps.store.get(USERS, tenant_id, user_id)) !== undefined) return 'taken'
  if (input.password_hash !== undefined) await putHash(deps, user, input.password_hash)
  if (await succeeds(deps.store.create(USERS, tenant_id, user), 'CONFLICT')) return 'created'
  const other = await deps.store.get(USERS, tenant_id, user_id)
  if (other === undefined) await removePassword(deps.store, tenant_id, user_id)
  return 'taken'
}

function userOf(input: ImportedUser, now: string): StoredUser {
  const { given_name, family_name } = input
  const user = newUser(input, now)
  const name = {
    ...(given_name === undefined ? {} : { givenName: given_name }),
    ...(family_name === undefined ? {} : { familyName: family_name }),
  }
  return Object.keys(name).length === 0 ? user : indexed({ ...user, attributes: { name } })
}
