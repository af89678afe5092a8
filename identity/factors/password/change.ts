import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { canonical, newPasswordText } from '../../directory/password-text.ts'
import { putHash, removePassword } from '../../directory/passwords.ts'
import type { StoredUser } from '../../directory/users.ts'
import { afterReplacement } from '../../login/after-replacement.ts'
import { endSessionsOf } from '../../oidc/artifacts.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import type { PasswordRules } from '../../policy/rules/password.ts'
import type { BreachedPasswords } from './breached.ts'
import { shortcomings } from './rules.ts'

/** A new password that passed the rules of the tenant. */
export interface NewPassword {
  readonly text: string
}

/**
 * Throws 422 about `pointer` with everything that the password lacks, and UNAVAILABLE when the rules ask for a list of breached
 * passwords that is not there: an unchecked password is never taken for a good one.
 */
export async function checkedPassword(
  { breachedPasswords }: Pick<Deps, 'breachedPasswords'>,
  rules: PasswordRules,
  password: string,
  pointer: string,
): Promise<NewPassword> {
  const text = newPasswordText(password, pointer)
  const lacks = shortcomings(rules, text)
  if (lacks.length > 0) throw invalid(pointer, lacks.join('; '))
  if (rules.notBreached && (await listOf(breachedPasswords).includes(text)))
    throw invalid(pointer, 'is known from a public breach; choose another one', 'error.password.breached')
  return { text }
}

function listOf(list: BreachedPasswords | undefined): BreachedPasswords {
  if (list) return list
  const message =
    'passwords have to be checked against a list of breached ones, and this server has none; tell the administrator'
  throw new PlumblineError('UNAVAILABLE', message, { help: 'start it with --breached-passwords' })
}

/** Throws 422 when the new password is the old one. */
export function requireOther(old: string, password: string): void {
  if (canonical(password) === canonical(old))
    throw invalid('/new_password', 'has to differ from the old one', 'error.password.same')
}

/** Gives a user another password; whoever knew the old one is out. */
export const replacePassword = async (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'passwordHashing'>,
  user: StoredUser,
  { text }: NewPassword,
): Promise<void> => replaceHash(deps, user, await deps.passwordHashing.hash(text))

/** As `replacePassword`, with the hash of the password. */
export async function replaceHash(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  user: StoredUser,
  hash: string,
): Promise<void> {
  await putHash(deps, user, hash)
  await afterReplacement(deps, user)
}

/** Takes the password of a user away; sessions end as they do for another one. */
export async function endPassword(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  { tenant_id, user_id }: StoredUser,
): Promise<void> {
  await removePassword(deps.store, tenant_id, user_id)
  await endSessionsOf(deps, tenant_id, user_id)
}
