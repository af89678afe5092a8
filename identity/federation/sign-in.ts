import type { Deps } from '../deps.ts'
import type { StoredUser } from '../directory/users.ts'
import { afterFactor, type LoginResult } from '../login/factors.ts'
import { recorded, recordRefusal } from '../login/login-record.ts'
import type { PendingLogin } from '../login/pending-login.ts'
import type { FederatedLogin } from './methods.ts'

const recordOf = ({ pending }: PendingLogin, federated: FederatedLogin, userId: string) => ({
  event: 'login',
  userId,
  subject: { client_id: pending.clientId, method: 'federated', login_method: federated.id },
})

/** Goes on with a login by who has signed in elsewhere, and writes it to the audit log. Throws the uniform refusal where the policy does not take it. */
export const signInAs = (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer' | 'auditLog' | 'metrics'>,
  login: PendingLogin,
  federated: FederatedLogin,
  { user_id: userId }: StoredUser,
): Promise<LoginResult> =>
  recorded(deps, login.tenant.tenant_id, recordOf(login, federated, userId), () =>
    afterFactor(deps, login, { kind: 'knowledge', userId, methods: [federated.method] }),
  )

/** Runs what happens before anybody is known; a refusal goes to the audit log with its reason. */
export async function withRefusals<T>(
  deps: Pick<Deps, 'auditLog' | 'metrics'>,
  login: PendingLogin,
  federated: FederatedLogin,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await recordRefusal(deps, login.tenant.tenant_id, recordOf(login, federated, ''), error)
    throw error
  }
}
