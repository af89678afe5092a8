import type { Deps } from '../deps.ts'
import { disconnectIdentity, type Identity, identityOf, type Subject } from '../directory/identities.ts'
import type { Tenant } from '../directory/tenants.ts'
import { type StoredUser, USERS, userByName } from '../directory/users.ts'
import { isCoupling } from '../login/action-hint.ts'
import { connect, rememberStranger, type Stranger } from '../login/coupling.ts'
import type { PendingLogin } from '../login/pending-login.ts'
import { refused } from '../login/refusal.ts'
import { foldName } from '../platform/fold-name.ts'
import { loginPolicyOf } from '../policy/load.ts'
import type { Store } from '../store/store.ts'
import { type ChosenAccount, choosesAccount } from './chosen-account.ts'
import type { FederatedLogin } from './methods.ts'
import { createPerson, type NewcomerParts } from './newcomer.ts'
import { type Newcomer, personOf } from './person.ts'
import { incomplete } from './problems.ts'
import type { Arrival } from './protocol.ts'
import { synchronised } from './synchronise.ts'

/** Seconds after which a connection without a user is left over from a sign-up that was cut off. */
const CUT_OFF_SECONDS = 60
const MOST_CANDIDATES = 10

/**
 * The user here who has signed in elsewhere: one who is connected, one who is connected now because both sides have verified the same
 * address and the settings want that, or a new one. `undefined`: the person has to say who they are here (see `strangerOf`). Throws Fault
 * 403 where nobody can sign up.
 */
export async function meet(
  deps: NewcomerParts,
  login: PendingLogin,
  federated: FederatedLogin,
  arrival: Arrival,
): Promise<StoredUser | undefined> {
  const { tenant } = login
  const who: Subject = { method_id: federated.id, issuer: arrival.issuer, subject: arrival.subject }
  const person = personOf(federated.spec, arrival.claims, arrival.subject)
  const known = await connectedUser(deps, tenant, who)
  if (known) return synchronised(deps, federated, known, person)

  const candidates = person.email === undefined ? [] : await usersOf(deps.store, tenant, person.email)
  // Who came to connect with the person of an action token becomes nobody else.
  const isFree = !isCoupling(login.pending)
  if (isFree && person.isEmailVerified && candidates.length === 0 && !asksFirst(federated))
    return createPerson(deps, login, federated, { who, person })
  const same = isFree ? await coupledUnasked(deps, tenant, { who, person }, candidates) : undefined
  if (same) return synchronised(deps, federated, same, person)
  await rememberStranger(deps.store, login, {
    ...who,
    id: login.authReqId,
    label: person.label,
    claims: arrival.claims,
    candidates: person.isEmailVerified && candidates.length > 0 ? candidates.map((user) => user.user_id) : null,
  })
  return undefined
}

/** Whether a newcomer is asked before there is an account: for an old one to take over, or for a user name and a password. */
const asksFirst = (federated: FederatedLogin): boolean =>
  federated.spec.migrationDuringSignUp === true || choosesAccount(federated)

async function connectedUser(
  deps: Pick<Deps, 'store' | 'now'>,
  { tenant_id }: Tenant,
  who: Subject,
): Promise<StoredUser | undefined> {
  const identity = await identityOf(deps.store, tenant_id, who)
  if (identity === undefined) return undefined
  const user = await deps.store.get(USERS, tenant_id, identity.user_id)
  if (user?.created_at === identity.user_created_at) return user
  if (!isCutOff(deps, identity)) throw incomplete('a user: the sign-up is under way')
  await disconnectIdentity(deps.store, tenant_id, identity.id)
  return undefined
}

const isCutOff = ({ now }: Pick<Deps, 'now'>, { connected_at }: Identity): boolean =>
  now().getTime() - Date.parse(connected_at) > CUT_OFF_SECONDS * 1000

/** Users with that address, or with it for a name where a tenant has the one identifier. */
async function usersOf(store: Store, tenant: Tenant, email: string): Promise<readonly StoredUser[]> {
  const where = { email_key: foldName(email) }
  const { items } = await store.find(USERS, tenant.tenant_id, { where, limit: MOST_CANDIDATES })
  const named = tenant.has_username_and_email ? undefined : await userByName(store, tenant.tenant_id, email)
  return named && !items.some(({ user_id }) => user_id === named.user_id) ? [...items, named] : items
}

/** Only who is alone with the address, and has shown here, too, that it is theirs. */
async function coupledUnasked(
  deps: Pick<Deps, 'store' | 'now' | 'auditLog'>,
  tenant: Tenant,
  { who, person }: Newcomer,
  candidates: readonly StoredUser[],
): Promise<StoredUser | undefined> {
  const [user, ...others] = candidates
  if (!person.isEmailVerified || user === undefined || others.length > 0) return undefined
  if (!user.is_verified || user.is_disabled || foldName(user.email) !== foldName(person.email ?? '')) return undefined
  const policy = await loginPolicyOf(deps, { tenant, user })
  const isCoupled =
    policy.federation.unasked.value && (await connect(deps, policy, user, { ...who, label: person.label }))
  return isCoupled ? user : undefined
}

/** A new user for a stranger, who said that they have no account here. Throws as `createPerson` does, and the uniform refusal where they have. */
export async function welcome(
  deps: NewcomerParts,
  login: PendingLogin,
  federated: FederatedLogin,
  { method_id, issuer, subject, claims, candidates }: Stranger,
  account: ChosenAccount,
): Promise<StoredUser> {
  if (candidates !== null) throw refused('there is an account with this address')
  const who = { method_id, issuer, subject }
  return createPerson(deps, login, federated, { who, person: personOf(federated.spec, claims, subject) }, account)
}
