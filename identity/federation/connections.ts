import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import type { Subject } from '../directory/identities.ts'
import { disconnectIdentity, type Identity, identitiesOf, restoreIdentity } from '../directory/identities.ts'
import type { Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import { connect } from '../login/coupling.ts'
import { recordEvent } from '../login/login-record.ts'
import { notify } from '../login/notices.ts'
import { canSignIn } from '../policy/assurance.ts'
import { loadInputs, loginPolicyOf } from '../policy/load.ts'
import { offeredMethods } from '../policy/offers.ts'
import { effectivePolicy } from '../policy/policy.ts'
import { isBankId } from './bankid/settings.ts'
import { isDevicePairing } from './device-pairing.ts'
import { isDirectory } from './directory-login.ts'
import { isIdin } from './idin/settings.ts'
import { isKerberos } from './kerberos/settings.ts'
import { type FederatedLogin, federatedLogins } from './methods.ts'

/** Where something has to be entered, chosen or shown here first, which the account page does not ask for. */
const NEEDS_A_PAGE = [isDirectory, isDevicePairing, isIdin, isBankId, isKerberos]

/** An account elsewhere that is connected with a user. */
interface ConnectedAccount extends Pick<Identity, 'id' | 'label' | 'connected_at'> {
  /** Of the login method; empty when it is gone. */
  readonly provider: string
}

/** What is connected with a user, and what could be. */
export interface ConnectedAccounts {
  readonly connected: readonly ConnectedAccount[]
  readonly possible: readonly FederatedLogin[]
}

export async function connectionsOf(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  tenant: Tenant,
  user: StoredUser,
): Promise<ConnectedAccounts> {
  const all = await federatedLogins(deps, tenant.tenant_id)
  if (all.length === 0) return { connected: [], possible: [] }
  const identities = await identitiesOf(deps.store, user)
  const policy = await loginPolicyOf(deps, { tenant, user })
  const offered = new Set(offeredMethods(policy))
  const mayConnect = policy.federation.several.value || identities.length === 0
  const taken = new Set(identities.map(({ method_id }) => method_id))
  return {
    connected: identities.map(({ id, label, connected_at, method_id }) => ({
      id,
      label,
      connected_at,
      provider: all.find((login) => login.id === method_id)?.name ?? '',
    })),
    possible: mayConnect
      ? all.filter(
          (login) => offered.has(login.method) && !taken.has(login.id) && !NEEDS_A_PAGE.some((needs) => needs(login)),
        )
      : [],
  }
}

type Changing = Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer' | 'auditLog'>

/** Connects an account elsewhere with who is signed in, who is told by mail. Throws CONFLICT when it is connected already, or no other may be. */
export async function connectOwn(deps: Changing, tenant: Tenant, user: StoredUser, who: Subject, label: string) {
  const policy = await loginPolicyOf(deps, { tenant, user })
  if (!(await connect(deps, policy, user, { ...who, label })))
    throw new PlumblineError('CONFLICT', 'the account is connected already, or no other may be connected')
  await notify(deps, tenant, user, 'accountConnected')
}

/** Takes a connection away, unless it is the last way in: then throws CONFLICT. Throws NOT_FOUND for one of somebody else, too. */
export async function disconnectOwn(deps: Changing, tenant: Tenant, user: StoredUser, id: string): Promise<void> {
  const identity = (await identitiesOf(deps.store, user)).find((own) => own.id === id)
  if (identity === undefined || !(await disconnectIdentity(deps.store, tenant.tenant_id, id)))
    throw new PlumblineError('NOT_FOUND', 'there is no such connection')
  // Asked afterwards, so that of two that go at once one stays.
  const inputs = await loadInputs(deps, { tenant, user })
  if (!canSignIn(effectivePolicy(inputs), inputs.enrolled)) {
    await restoreIdentity(deps.store, tenant.tenant_id, identity)
    throw new PlumblineError('CONFLICT', 'this is the last way in')
  }
  const subject = { login_method: identity.method_id }
  await recordEvent(deps, tenant.tenant_id, { event: 'identity.disconnected', userId: user.user_id, subject })
}
