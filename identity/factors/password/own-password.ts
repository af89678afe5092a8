import type { FastifyRequest } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { isPasswordOf } from '../../directory/passwords.ts'
import { requireTenant, type Tenant } from '../../directory/tenants.ts'
import { requireUser, type StoredUser } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { recordEvent, recorded } from '../../login/login-record.ts'
import { notify } from '../../login/notices.ts'
import { refused } from '../../login/refusal.ts'
import { withResetCode } from '../../login/reset-codes.ts'
import { lockoutOf } from '../../policy/load.ts'
import { checkedPassword, type NewPassword, replacePassword, requireOther } from './change.ts'
import { passwordPolicyOf } from './policy.ts'

/** What a person sends to set a password by a mailed code. */
export interface PasswordReset {
  readonly tenantId: string
  readonly username: string
  readonly code: string
  readonly newPassword: string
}

/**
 * Sets a text password by a code of requestPasswordReset. What is wrong with the password is said (422) before the code is spent.
 * Throws NOT_FOUND for an unknown tenant, FORBIDDEN where it offers no passwords, the uniform refusal for a code that is not good,
 * 429 while blocked, 503 when too many compute.
 */
export const resetTextPassword = (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'auditLog' | 'mailer' | 'passwordHashing'>,
  { ip }: Pick<FastifyRequest, 'ip'>,
  { tenantId, username, code, newPassword }: PasswordReset,
): Promise<void> =>
  deps.passwordHashing.admit(async () => {
    const password = await acceptable(deps, await requireTenant(deps, tenantId), newPassword)
    await withResetCode(deps, { tenantId, username, code, ip, event: 'password.reset' }, async (tenant, user) => {
      if (tenant.tenant_id !== tenantId) throw refused()
      return () => replaceOwn(deps, tenant, user, password)
    })
  })

/** What a signed-in person sends to change the own password. */
export interface PasswordChange {
  readonly password: string
  readonly newPassword: string
}

/**
 * Changes the text password of a signed-in person, who shows the current one; a wrong one counts as a guess. Throws as
 * `resetTextPassword` does, and 422 when the new password is the old one.
 */
export const changeTextPassword = (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'auditLog' | 'mailer' | 'passwordHashing'>,
  { ip }: Pick<FastifyRequest, 'ip'>,
  owner: { readonly tenant: string; readonly userId: string },
  { password, newPassword }: PasswordChange,
): Promise<void> =>
  deps.passwordHashing.admit(async () => {
    const { tenant: scope, userId } = owner
    const tenant = await requireTenant(deps, scope)
    const user = await requireUser(deps, scope, userId)
    const next = await acceptable(deps, tenant, newPassword)
    requireOther(password, newPassword)
    const guess = { scope, config: await lockoutOf(deps, tenant), ip, username: user.username, userId }
    const attempt = await takeAttempt(deps, guess)
    await recorded(deps, scope, { event: 'password.change', userId }, async () => {
      if (!(await isPasswordOf(deps, scope, user, password))) throw refused()
    })
    await attempt.succeed()
    await replaceOwn(deps, tenant, user, next)
  })

async function acceptable(
  deps: Pick<Deps, 'store' | 'breachedPasswords'>,
  tenant: Tenant,
  password: string,
): Promise<NewPassword> {
  const { offered, rules } = await passwordPolicyOf(deps, tenant)
  if (!offered) throw notOffered()
  return checkedPassword(deps, rules, password, '/new_password')
}

export const notOffered = () => new PlumblineError('FORBIDDEN', 'nobody signs in with a text password here')

/** Gives a person the password that the person chose, and tells by mail. */
export async function replaceOwn(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'auditLog' | 'mailer' | 'passwordHashing'>,
  tenant: Tenant,
  user: StoredUser,
  password: NewPassword,
): Promise<void> {
  await replacePassword(deps, user, password)
  await notify(deps, tenant, user, 'secretChanged')
  await recordEvent(deps, tenant.tenant_id, { event: 'password.changed', userId: user.user_id })
}
