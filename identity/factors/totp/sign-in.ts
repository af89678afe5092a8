import type { FastifyRequest } from 'fastify'
import { unseal } from '../../crypto/seal.ts'
import type { Deps } from '../../deps.ts'
import { AUTHENTICATORS, type Authenticator, authenticatorOf } from '../../directory/authenticators.ts'
import { type StoredUser, USERS } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { afterFactor, type Factor, type LoginResult } from '../../login/factors.ts'
import { recorded } from '../../login/login-record.ts'
import type { PendingLogin } from '../../login/pending-login.ts'
import { refused } from '../../login/refusal.ts'
import { succeeds } from '../../platform/succeeds.ts'
import { values } from '../../policy/decision.ts'
import { stepOf } from './code.ts'
import { authenticatorPurpose } from './enrolment.ts'
import { recoveryHash } from './recovery-codes.ts'

/**
 * Confirms a login with a code of the authenticator app of who has shown `first`, or with a recovery code in its place. Throws the uniform
 * refusal whatever is wrong, and 429 while blocked: wrong codes count apart from those of the first factor.
 */
export async function confirmWithAuthenticator(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer' | 'auditLog' | 'metrics'>,
  login: PendingLogin,
  { ip }: Pick<FastifyRequest, 'ip'>,
  { userId, kind }: Factor,
  code: string,
): Promise<LoginResult> {
  const { tenant_id: scope } = login.tenant
  const user = await deps.store.get(USERS, scope, userId)
  if (!user || user.is_disabled || kind !== 'knowledge') throw refused()
  const config = values(login.policy.lockout)
  const { username } = user
  const attempt = await takeAttempt(deps, { scope, config, ip, username, userId, confirms: true })
  const subject = { client_id: login.pending.clientId, method: 'totp' }
  return recorded(deps, scope, { event: 'login', userId, subject }, async () => {
    if (!(await takeAppCode(deps, user, code))) throw refused()
    await attempt.succeed()
    return afterFactor(deps, login, { kind: 'possession', userId, methods: ['totp'] })
  })
}

/** Takes a code of the app or a recovery code of a user, which uses it up: of many that bring it, one is right. */
export async function takeAppCode(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  user: StoredUser,
  code: string,
): Promise<boolean> {
  const own = await authenticatorOf(deps.store, user)
  if (own === undefined) return false
  const step = stepOf(unseal(deps.masterKey, authenticatorPurpose(user), own.sealed), code, deps.now())
  const hash = recoveryHash(deps, user, code)
  return changes(deps, user, (old) => (step === undefined ? withoutRecovery(old, hash) : afterStep(old, step)))
}

/** `undefined` when a code of that step or a later one was accepted. */
const afterStep = (old: Authenticator, step: number): Authenticator | undefined =>
  step > old.last_step ? { ...old, last_step: step } : undefined

const withoutRecovery = (old: Authenticator, hash: string): Authenticator | undefined =>
  old.recovery.includes(hash) ? { ...old, recovery: old.recovery.filter((kept) => kept !== hash) } : undefined

/** Looks inside the swap of the store, so that of two that come at once with one code, whichever process they reach, one is taken. */
async function changes(
  { store }: Pick<Deps, 'store'>,
  { tenant_id, user_id, created_at }: StoredUser,
  next: (old: Authenticator) => Authenticator | undefined,
): Promise<boolean> {
  let changed = false
  const swapped = store.update(AUTHENTICATORS, tenant_id, user_id, (old) => {
    const after = old.user_created_at === created_at ? next(old) : undefined
    changed = after !== undefined
    return after ?? old
  })
  return (await succeeds(swapped, 'NOT_FOUND')) && changed
}
