import { PlumblineError } from '../../../config/errors.ts'
import { isPasswordOf } from '../../directory/passwords.ts'
import { scimFault } from '../../directory/scim/errors.ts'
import type { ScimResource } from '../../directory/scim/schemas.ts'
import { requireTenant } from '../../directory/tenants.ts'
import type { StoredUser } from '../../directory/users.ts'
import { checkedPassword, type NewPassword, replaceHash } from '../../factors/password/change.ts'
import { passwordPolicyOf } from '../../factors/password/policy.ts'
import { Fault } from '../../platform/fault.ts'
import type { ScimContext } from './resource-type.ts'

/**
 * The attribute `password` of a User (RFC 7643, section 4.1.1): written, never returned, in no record and no filter. A user without
 * the attribute keeps the password, and the password that is there already changes nothing. Throws 400 for one that breaks the rules.
 */
export async function passwordBeside(context: ScimContext, { password }: ScimResource, old?: StoredUser) {
  if (typeof password !== 'string') return undefined
  if (old && context.caller === old.user_id)
    throw new PlumblineError('FORBIDDEN', 'the own password cannot be changed here; an administrator can')
  const { deps, tenant } = context
  return deps.passwordHashing.admit(async () => {
    const { text } = await checked(context, password)
    if (old && (await isPasswordOf(deps, tenant, old, text))) return undefined
    const hash = await deps.passwordHashing.hash(text)
    return (written: StoredUser) => replaceHash(deps, written, hash)
  })
}

async function checked({ deps, tenant }: ScimContext, password: string): Promise<NewPassword> {
  const { rules } = await passwordPolicyOf(deps, await requireTenant(deps, tenant))
  return checkedPassword(deps, rules, password, '/password').catch((error: unknown) => {
    if (error instanceof Fault && error.status === 422)
      throw scimFault('invalidValue', `password ${error.message}`, error)
    throw error
  })
}
