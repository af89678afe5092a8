import { randomBytes, randomUUID } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import { isUsableHash, matchesHash } from '../crypto/foreign-hash.ts'
import type { Deps } from '../deps.ts'
import { removePassword } from '../directory/passwords.ts'
import type { Tenant } from '../directory/tenants.ts'
import { indexed, newUser, type StoredUser, USERS } from '../directory/users.ts'
import { isAddress } from '../platform/contract/validation.ts'
import type { EarlierPerson } from '../platform/earlier-system.ts'
import { foldName } from '../platform/fold-name.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import { recordEvent } from './login-record.ts'

/** How somebody moves, and what is kept of the way. */
interface Way {
  readonly by: 'password' | 'address'
  readonly keep?: (user: StoredUser) => Promise<void>
}

/** Where somebody wants to be a user, and its policy before anybody is known: whoever asks has it, so that names that nobody has make no more work. */
interface Place {
  readonly tenant: Tenant
  readonly policy: EffectivePolicy
}

type Parts = Pick<Deps, 'store' | 'now' | 'auditLog' | 'earlierSystem'>

/** As the sign-up form takes them: another name is no question to the earlier system. */
const USERNAME = /^[a-zA-Z0-9_.@-]{1,256}$/

/**
 * The new user of whoever has the name and the password in the earlier system; `undefined` for anybody else. Only for a name that nobody
 * has here (`askInVain` for others): whoever has the same name there never gets into an account here. `keep` stores the password, before the
 * user is there.
 */
export async function migrateByPassword(
  deps: Parts,
  { tenant, policy }: Place,
  username: string,
  password: string,
  keep: (user: StoredUser) => Promise<void>,
): Promise<StoredUser | undefined> {
  if (!policy.migration.open.value) return undefined
  const person = await ask(deps, tenant, policy, username, password)
  if (!person || !(await isPassword(person, password))) return undefined
  return take(deps, tenant, username, person, { by: 'password', keep })
}

/** What is asked in place of a password that somebody enters for an account here: nobody has it. */
const nobodysPassword = (): string => randomBytes(24).toString('base64url')

/**
 * The question about a name that somebody has here, so that it takes the same work as one that nobody has. What was entered stays here, and
 * whatever the earlier system says is dropped: no password or address of there opens an account here.
 */
export async function askInVain(
  deps: Pick<Deps, 'earlierSystem' | 'auditLog'>,
  { tenant, policy }: Place,
  username: string,
  by: Way['by'],
): Promise<void> {
  const { open, unauthenticated } = policy.migration
  if (!open.value || (by === 'address' && !unauthenticated.value)) return
  const password = by === 'password' ? nobodysPassword() : undefined
  const person = await ask(deps, tenant, policy, username, password)
  if (person && password !== undefined) await isPassword(person, password)
}

/**
 * The new user of whoever has the name and the confirmed address in the earlier system, so that a reset code can go to that address; the
 * login secret there is not asked for. `undefined` for anybody else.
 */
export async function migrateByAddress(
  deps: Parts,
  { tenant, policy }: Place,
  { username, email }: { readonly username: string; readonly email: string },
): Promise<StoredUser | undefined> {
  if (!policy.migration.open.value || !policy.migration.unauthenticated.value) return undefined
  const person = await ask(deps, tenant, policy, username, undefined)
  if (!person?.isEmailVerified || foldName(person.email) !== foldName(email)) return undefined
  return take(deps, tenant, username, person, { by: 'address' })
}

/** An earlier system that does not answer is none: the person is refused as a name that nobody has, and the audit log says so. */
async function ask(
  deps: Pick<Deps, 'earlierSystem' | 'auditLog'>,
  tenant: Tenant,
  { migration }: EffectivePolicy,
  username: string,
  password: string | undefined,
): Promise<EarlierPerson | undefined> {
  const { earlierSystem } = deps
  if (!earlierSystem || !USERNAME.test(username)) return undefined
  if (!tenant.has_username_and_email && !isAddress(username)) return undefined
  const person = await answer(deps, earlierSystem.find(tenant.tenant_id, username, password), tenant)
  if (!person || !isAddress(person.email)) return undefined
  return migration.needsIdentifier.value && person.identifier === undefined ? undefined : person
}

async function answer(
  deps: Pick<Deps, 'auditLog'>,
  asked: Promise<EarlierPerson | undefined>,
  { tenant_id }: Tenant,
): Promise<EarlierPerson | undefined> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof PlumblineError && error.code === 'UNAVAILABLE')) throw error
    await recordEvent(deps, tenant_id, { event: 'migration.unanswered', userId: '' })
    return undefined
  }
}

/** A system that gives the hash has not looked at the password. */
const isPassword = async ({ passwordHash }: EarlierPerson, password: string): Promise<boolean> =>
  passwordHash === undefined || (isUsableHash(passwordHash) && (await matchesHash(password, passwordHash)))

/** Of several logins at once one creates the user, and none gets into an account that somebody else made meanwhile. */
async function take(
  deps: Pick<Deps, 'store' | 'now' | 'auditLog'>,
  tenant: Tenant,
  username: string,
  person: EarlierPerson,
  { by, keep }: Way,
): Promise<StoredUser | undefined> {
  const { tenant_id } = tenant
  if (await isHere(deps, tenant_id, person)) return undefined
  const user = userOf(tenant, username, person, deps.now())
  // The password first: a crash in between must not leave a user whom nobody can be.
  await keep?.(user)
  if (!(await succeeds(deps.store.create(USERS, tenant_id, user), 'CONFLICT'))) {
    await removePassword(deps.store, tenant_id, user.user_id)
    return undefined
  }
  await recordEvent(deps, tenant_id, { event: 'user.migrated', userId: user.user_id, subject: { by } })
  return user
}

/** Whether the same person has an account: they may have come by another of their names there. */
async function isHere({ store }: Pick<Deps, 'store'>, tenant: string, { identifier }: EarlierPerson): Promise<boolean> {
  if (identifier === undefined) return false
  const { items } = await store.find(USERS, tenant, { where: { external_id: identifier }, limit: 1 })
  return items.length > 0
}

function userOf(tenant: Tenant, username: string, person: EarlierPerson, now: Date): StoredUser {
  const { isEmailVerified: is_verified, identifier, givenName, familyName, locale } = person
  const email = tenant.has_username_and_email ? person.email : username
  const user = newUser(
    {
      user_id: randomUUID(),
      username,
      email,
      tenant_id: tenant.tenant_id,
      is_disabled: false,
      is_verified: is_verified && foldName(email) === foldName(person.email),
      ...(locale === undefined ? {} : { locale }),
      ...(identifier === undefined ? {} : { external_id: identifier }),
    },
    now.toISOString(),
  )
  const name = { ...(givenName && { givenName }), ...(familyName && { familyName }) }
  return Object.keys(name).length === 0 ? user : indexed({ ...user, attributes: { name } })
}
