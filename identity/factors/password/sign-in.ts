import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { canonical, isTooLong } from '../../directory/password-text.ts'
import { isPasswordOf, passwordSetAt, putHash } from '../../directory/passwords.ts'
import type { StoredUser } from '../../directory/users.ts'
import { userByName } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { afterFactor, type LoginResult } from '../../login/factors.ts'
import { recorded } from '../../login/login-record.ts'
import { askInVain, migrateByPassword } from '../../login/migration.ts'
import type { PendingLogin } from '../../login/pending-login.ts'
import { refused } from '../../login/refusal.ts'
import { Fault } from '../../platform/fault.ts'
import { values } from '../../policy/decision.ts'
import type { PasswordRules } from '../../policy/rules/password.ts'
import { checkedPassword, requireOther } from './change.ts'
import { notOffered, replaceOwn } from './own-password.ts'
import { passwordPolicyOf } from './policy.ts'
import { isExpired } from './rules.ts'

/** What a person enters. */
export interface PasswordAnswer {
  readonly username: string
  readonly password: string
  /** Another password to have from now on; looked at only when the sign-in demands one. */
  readonly newPassword?: string | undefined
}

/** Code of the 403 Fault that asks for `newPassword`: the password is right, and too old. */
const PASSWORD_EXPIRED = 'password_expired'

/** True for the refusal of a password that is right and has to be replaced: ask for a new one and send both. */
export const asksForNewPassword = (error: unknown): boolean => error instanceof Fault && error.code === PASSWORD_EXPIRED

/**
 * Signs in with a text password, which is a knowledge factor. Throws FORBIDDEN where the tenant does not offer it, the uniform
 * refusal (UNAUTHENTICATED) for whatever is wrong with name or password, 429 while blocked, 503 when too many sign in at once; and
 * for a right password that is too old `asksForNewPassword`, or 422 about `/new_password`.
 */
export const signInWithPassword = (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'auditLog' | 'mailer' | 'passwordHashing'>,
  login: PendingLogin,
  { ip }: Pick<FastifyRequest, 'ip'>,
  answer: PasswordAnswer,
): Promise<LoginResult> =>
  deps.passwordHashing.admit(async () => {
    const { tenant_id: scope } = login.tenant
    const config = values(login.policy.lockout)
    const { offered, rules } = await passwordPolicyOf(deps, login.tenant)
    if (!offered) throw notOffered()
    const user = await userByName(deps.store, scope, answer.username)
    const userId = user?.user_id
    const attempt = await takeAttempt(deps, { scope, config, ip, username: answer.username, userId })
    const subject = { client_id: login.pending.clientId, method: 'password' }
    return recorded(deps, scope, { event: 'login', userId: userId ?? '', subject }, async () => {
      const person = await personOf(deps, login, user, answer)
      await attempt.succeed()
      await renewIfExpired(deps, login, person, answer, rules)
      return afterFactor(deps, login, { kind: 'knowledge', userId: person.user_id, methods: ['password'] })
    })
  })

/** The same work for a name that nobody has, a disabled user and a user without a password. */
async function personOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'passwordHashing'>,
  login: PendingLogin,
  user: StoredUser | undefined,
  { username, password }: PasswordAnswer,
): Promise<StoredUser> {
  const able = user?.is_disabled ? undefined : user
  const isRight = await isPasswordOf(deps, login.tenant.tenant_id, able, password)
  if (isRight && able) return able
  const newcomer = await newcomerOf(deps, login, user, { username, password })
  if (newcomer === undefined) throw refused()
  return newcomer
}

/** Somebody from the earlier system, which is asked about names of people here as well. */
async function newcomerOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'passwordHashing'>,
  login: PendingLogin,
  user: StoredUser | undefined,
  { username, password }: PasswordAnswer,
): Promise<StoredUser | undefined> {
  if (isTooLong(password)) return undefined
  if (user === undefined) return migrated(deps, login, username, password)
  await askInVain(deps, login, username, 'password')
  return undefined
}

/** With the password of there. */
const migrated = (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'passwordHashing'>,
  login: PendingLogin,
  username: string,
  password: string,
) =>
  migrateByPassword(deps, login, username, password, async (user) =>
    putHash(deps, user, await deps.passwordHashing.hash(canonical(password))),
  )

/** A password beyond its days lets its owner in only together with another one. */
async function renewIfExpired(
  deps: Pick<
    Deps,
    'store' | 'now' | 'masterKey' | 'breachedPasswords' | 'jobBell' | 'auditLog' | 'mailer' | 'passwordHashing'
  >,
  { tenant }: PendingLogin,
  user: StoredUser,
  { password, newPassword }: PasswordAnswer,
  rules: PasswordRules,
): Promise<void> {
  const setAt = await passwordSetAt(deps, user)
  if (setAt === undefined || !isExpired(rules, setAt, deps.now())) return
  if (newPassword === undefined)
    throw new Fault(403, 'The password has expired: send a new one along with it.', { code: PASSWORD_EXPIRED })
  requireOther(password, newPassword)
  await replaceOwn(deps, tenant, user, await checkedPassword(deps, rules, newPassword, '/new_password'))
}
