import { randomBytes, randomUUID } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { addCustomAttributes } from '../directory/custom-attributes.ts'
import { connectIdentity, disconnectIdentity, identityId } from '../directory/identities.ts'
import { indexed, newUser, type StoredUser, USERS } from '../directory/users.ts'
import { replacePassword } from '../factors/password/change.ts'
import { awaitActivation } from '../login/activation.ts'
import { requireFitting } from '../login/address-patterns.ts'
import { sendVerification } from '../login/email.ts'
import { recordEvent } from '../login/login-record.ts'
import type { PendingLogin } from '../login/pending-login.ts'
import { Fault } from '../platform/fault.ts'
import { succeeds } from '../platform/succeeds.ts'
import { CHOSEN_NAME, type ChosenAccount, nameTaken } from './chosen-account.ts'
import type { FederatedLogin } from './methods.ts'
import type { Newcomer, PersonElsewhere } from './person.ts'

const SUFFIX_BYTES = 4

export type NewcomerParts = Pick<
  Deps,
  'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer' | 'auditLog' | 'jobBell' | 'passwordHashing'
>

/**
 * A new user for somebody who signed in elsewhere, connected with the account there. Throws Fault 403 where nobody can sign up, or where
 * an address that nobody has verified would have to be the name; FORBIDDEN and 422 as a sign-up does.
 */
export async function createPerson(
  deps: NewcomerParts,
  login: PendingLogin,
  federated: FederatedLogin,
  { who, person }: Newcomer,
  chosen: ChosenAccount = {},
): Promise<StoredUser> {
  const { tenant, policy, pending } = login
  if (!policy.signUp.open.value) throw closed('nobody can sign up here', 'provider.closed')
  const { username, password } = chosen
  const [name, ...others] = username === undefined ? namesFor(person, tenant.has_username_and_email) : [username]
  if (name === undefined) throw closed('the provider gives no address that it has verified', 'provider.no_address')
  if (person.email !== undefined) await requireFitting(deps, tenant, person.email)
  const user = userOf(login, federated, person, name, deps.now())
  // The connection first: a crash in between must not leave a user whom nobody can be.
  await connectIdentity(deps.store, user, who, person.label, deps.now())
  await awaitActivation(deps, policy, user)
  const created = await createdAs(deps, user, [name, ...others]).catch(async (error: unknown) => {
    await disconnectIdentity(deps.store, tenant.tenant_id, identityId(who))
    throw error
  })
  await addCustomAttributes(deps.store, created, person.custom)
  if (password !== undefined) await deps.passwordHashing.admit(() => replacePassword(deps, created, password))
  const subject = { client_id: pending.clientId, login_method: federated.id }
  await recordEvent(deps, tenant.tenant_id, { event: 'user.registered', userId: user.user_id, subject })
  if (created.email !== '' && !created.is_verified) await sendVerification(deps, tenant, created)
  return created
}

const closed = (message: string, text: string): Fault => new Fault(403, message, { text })

/** Names for a new user, the best first. Where the one identifier is the address, only a verified one will do. */
function namesFor({ email, username, isEmailVerified }: PersonElsewhere, hasUsername: boolean): readonly string[] {
  if (!hasUsername) return email !== undefined && isEmailVerified ? [email] : []
  const wanted = [username, isEmailVerified ? email : undefined].filter((name) => CHOSEN_NAME.test(name ?? ''))
  const base = (wanted[0] ?? 'user').split('@')[0]
  return [...(wanted as string[]), `${base}-${randomBytes(SUFFIX_BYTES).toString('hex')}`]
}

function userOf(
  { tenant }: PendingLogin,
  { spec }: FederatedLogin,
  person: PersonElsewhere,
  username: string,
  now: Date,
): StoredUser {
  const { email = '', profile } = person
  const isVerified = email !== '' && spec.autoEmailVerification === true && person.isEmailVerified
  const [user_id, tenant_id] = [randomUUID(), tenant.tenant_id]
  const input = { user_id, username, email, tenant_id, is_disabled: false, is_verified: isVerified }
  const user = newUser(
    { ...input, ...(profile.locale === undefined ? {} : { locale: profile.locale }) },
    now.toISOString(),
  )
  return indexed({ ...user, emails: email === '' ? [] : user.emails, attributes: profile.attributes })
}

/** The user under the first name that is free. Throws Fault 409 when none is. */
async function createdAs(
  { store }: Pick<Deps, 'store'>,
  user: StoredUser,
  names: readonly string[],
): Promise<StoredUser> {
  for (const username of names) {
    const named = indexed({ ...user, username })
    if (await succeeds(store.create(USERS, user.tenant_id, named), 'CONFLICT')) return named
  }
  throw nameTaken()
}
