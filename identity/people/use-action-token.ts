import type { Deps } from '../deps.ts'
import { type ActionKind, isCoupling, tokenInHint } from '../login/action-hint.ts'
import { connect, takeStranger } from '../login/coupling.ts'
import { afterFactor, type LoginResult } from '../login/factors.ts'
import { recorded } from '../login/login-record.ts'
import type { PendingLogin } from '../login/pending-login.ts'
import { refused } from '../login/refusal.ts'
import { loginPolicyOf } from '../policy/load.ts'
import { findActionToken, type GoodToken, takeActionToken } from './action-tokens.ts'

/** As which method a login by a token counts. */
const METHODS = { app_to_web: 'appToken', login: 'loginToken' } as const satisfies Partial<Record<ActionKind, string>>

/** The token with which a login was begun, which stays. Throws the uniform refusal for one that is not good. */
export async function requireActionToken(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  { pending, tenant }: PendingLogin,
): Promise<GoodToken> {
  const found = await findActionToken(deps, tenant, tokenInHint(pending.loginHint) ?? '')
  if (!found) throw refused()
  return found
}

/** Signs in with a token, once; the policy says whether that is enough. Throws as `requireActionToken`. */
export async function signInWithToken(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  login: PendingLogin,
): Promise<LoginResult> {
  const good = await requireActionToken(deps, login)
  const { kind } = good.token
  if (kind === 'coupling') throw refused()
  const { user_id: userId } = good.user
  const subject = { client_id: login.pending.clientId, method: METHODS[kind] }
  return recorded(deps, login.tenant.tenant_id, { event: 'login', userId, subject }, async () => {
    if (!(await takeActionToken(deps, login.tenant, good))) throw refused()
    return afterFactor(deps, login, { kind: 'knowledge', userId, methods: [METHODS[kind]] })
  })
}

/**
 * Connects whoever has just come from another provider with the person of the token, once, and returns whom to sign in. Throws as
 * `requireActionToken`, and the uniform refusal when nobody came, or the account there cannot be connected.
 */
export async function coupleByToken(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog'>,
  login: PendingLogin,
): Promise<GoodToken['user']> {
  const good = await requireActionToken(deps, login)
  if (!isCoupling(login.pending)) throw refused()
  const { user } = good
  const policy = await loginPolicyOf(deps, { tenant: login.tenant, user })
  return recorded(deps, login.tenant.tenant_id, { event: 'coupling', userId: user.user_id }, async () => {
    const stranger = await takeStranger(deps.store, login)
    if (!stranger || !(await takeActionToken(deps, login.tenant, good))) throw refused()
    const { method_id, issuer, subject, label } = stranger
    if (!(await connect(deps, policy, user, { method_id, issuer, subject, label }))) throw refused()
    return user
  })
}
