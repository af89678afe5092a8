import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { userByName } from '../directory/users.ts'
import { checkedPassword, type NewPassword } from '../factors/password/change.ts'
import { passwordPolicyOf } from '../factors/password/policy.ts'
import { Fault } from '../platform/fault.ts'
import type { FederatedLogin } from './methods.ts'

/** As the sign-up form takes them. */
export const CHOSEN_NAME = /^[a-zA-Z0-9_.@-]{1,256}$/

/** What a newcomer chose for the account here beside the login elsewhere. */
export interface ChosenAccount {
  readonly username?: string
  readonly password?: NewPassword
}

/** Whether a newcomer chooses a user name and a password here as well. */
export const choosesAccount = ({ spec }: Pick<FederatedLogin, 'spec'>): boolean =>
  spec.forceUsernameAndPasswordDuringSignUp === true

/**
 * Checks what a newcomer chose; the name counts where a tenant has names beside addresses. Throws Fault 422 for a name that cannot be one,
 * 409 for one that is taken, and as `checkedPassword` does.
 */
export async function chooseAccount(
  deps: Pick<Deps, 'store' | 'breachedPasswords'>,
  tenant: Tenant,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<ChosenAccount> {
  const { rules } = await passwordPolicyOf(deps, tenant)
  const chosen = { password: await checkedPassword(deps, rules, password, '/new_password') }
  if (!tenant.has_username_and_email) return chosen
  if (!CHOSEN_NAME.test(username)) throw new Fault(422, 'no user name', { text: 'provider.name_refused' })
  if (await userByName(deps.store, tenant.tenant_id, username)) throw nameTaken()
  return { ...chosen, username }
}

export const nameTaken = (): Fault => new Fault(409, 'the user name is taken', { text: 'provider.name_taken' })
