import type { Deps } from '../deps.ts'
import { connectIdentity, identitiesOf, type Subject } from '../directory/identities.ts'
import type { Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import { LIFETIMES } from '../oidc/lifetimes.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import type { Collection, Store } from '../store/store.ts'
import { recordEvent } from './login-record.ts'

/** Somebody from another provider whom nobody here is connected with, in the scope of the tenant, as long as their login can be pending. */
export interface Stranger extends Subject {
  /** `auth_req_id` of the login. */
  readonly id: string
  /** What the person knows the account there by. */
  readonly label: string
  /** What the provider says about them. */
  readonly claims: Readonly<Record<string, unknown>>
  /** The accounts here one of which it has to be; null: any that the person can sign in to. */
  readonly candidates: readonly string[] | null
}

const STRANGERS: Collection<Stranger> = { name: 'federationStrangers', id: (s) => s.id, indexes: [] }

type Login = { readonly authReqId: string; readonly tenant: Tenant }

/** Remembers who came, in place of whoever came before by the same login. */
export async function rememberStranger(store: Store, { tenant }: Login, stranger: Stranger): Promise<void> {
  await store.delete(STRANGERS, tenant.tenant_id, stranger.id)
  await store.create(STRANGERS, tenant.tenant_id, stranger, LIFETIMES.Interaction)
}

export const strangerOf = (store: Store, { tenant, authReqId }: Login): Promise<Stranger | undefined> =>
  store.get(STRANGERS, tenant.tenant_id, authReqId)

/** Of several that ask, exactly one gets the stranger. */
export const takeStranger = (store: Store, { tenant, authReqId }: Login): Promise<Stranger | undefined> =>
  store.take(STRANGERS, tenant.tenant_id, authReqId)

/** Whether one more account at another provider may be connected with a user. */
async function mayConnect(store: Store, { federation }: EffectivePolicy, user: StoredUser): Promise<boolean> {
  return federation.several.value || (await identitiesOf(store, user)).length === 0
}

/** Connects, and writes it to the audit log. False when the account there is connected already, or no other may be. */
export async function connect(
  deps: Pick<Deps, 'store' | 'now' | 'auditLog'>,
  policy: EffectivePolicy,
  user: StoredUser,
  { label, ...who }: Subject & Pick<Stranger, 'label'>,
): Promise<boolean> {
  if (!(await mayConnect(deps.store, policy, user))) return false
  const connected = connectIdentity(deps.store, user, who, label, deps.now())
  if (!(await succeeds(connected, 'CONFLICT'))) return false
  const subject = { login_method: who.method_id }
  await recordEvent(deps, user.tenant_id, { event: 'identity.connected', userId: user.user_id, subject })
  return true
}

/** A complete login to an account here is the proof that whoever came from another provider owns it. */
export async function connectProven(
  deps: Pick<Deps, 'store' | 'now' | 'auditLog'>,
  login: Login,
  policy: EffectivePolicy,
  user: StoredUser,
) {
  const stranger = await takeStranger(deps.store, login)
  if (stranger === undefined || stranger.candidates?.includes(user.user_id) === false) return
  const { method_id, issuer, subject, label } = stranger
  await connect(deps, policy, user, { method_id, issuer, subject, label })
}
