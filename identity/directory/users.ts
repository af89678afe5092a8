import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import { foldName } from '../platform/fold-name.ts'
import type { Collection, Store } from '../store/store.ts'
import { userTerms } from './scim/user-resource.ts'

/** Contract schema User. */
export interface User {
  readonly user_id: string
  readonly username: string
  readonly email: string
  readonly tenant_id: string
  readonly is_disabled: boolean
  readonly is_verified: boolean
  readonly created_at: string
  readonly updated_at: string | null
  readonly locale: string | null
  readonly roles: readonly string[] | null
  readonly external_id: string | null
}

/** A valid body of createUser and updateUser: defaults are filled in. */
export type UserInput = Pick<User, 'user_id' | 'username' | 'email' | 'tenant_id' | 'is_disabled' | 'is_verified'> &
  Partial<Pick<User, 'created_at' | 'locale' | 'roles' | 'external_id'>>

/** An address of a user (RFC 7643, section 4.1.2, emails). */
export interface Email {
  readonly value: string
  readonly type?: string
  readonly display?: string
  readonly primary?: boolean
}

/** Addresses that a user can have: each has an index of its own, so that a person is found by any of them. */
export const EMAIL_KEYS = ['email_key', 'email_key_2', 'email_key_3', 'email_key_4'] as const
export type EmailKey = (typeof EMAIL_KEYS)[number]

/** A user as stored, in the scope of its tenant: the same record is a SCIM User, `user_id` its SCIM id. */
export interface StoredUser extends User, Readonly<Partial<Record<EmailKey, string>>> {
  /** `foldName(username)`, unique in the tenant. */
  readonly username_key: string
  /** All addresses, first the one of `email`. */
  readonly emails: readonly Email[]
  /** SCIM attributes that the contract's User lacks (name, phoneNumbers, ...). */
  readonly attributes: Readonly<Record<string, unknown>>
  /** Counts the writes; the ETag of the SCIM User. */
  readonly version: number
}

export const USERS: Collection<StoredUser> = {
  name: 'users',
  id: (user) => user.user_id,
  indexes: ['username_key', 'external_id', 'created_at', ...EMAIL_KEYS],
  unique: { username: (user) => user.username_key },
  terms: { version: 2, of: userTerms },
}

/** The stored form with its keys. `emails[0]` is the address of `email`, which is empty for a user without any. */
export function indexed(user: Omit<StoredUser, 'username_key' | 'email' | EmailKey>): StoredUser {
  const keys = user.emails.slice(0, EMAIL_KEYS.length).map((email, i) => [EMAIL_KEYS[i], foldName(email.value)])
  const email = user.emails[0]?.value ?? ''
  return { ...user, email, username_key: foldName(user.username), ...Object.fromEntries(keys) }
}

export function newUser(input: UserInput, now: string): StoredUser {
  return indexed({
    ...settled(input),
    created_at: input.created_at === undefined ? now : timeOf(input.created_at),
    updated_at: null,
    emails: [{ value: input.email, primary: true }],
    attributes: {},
    version: 1,
  })
}

function timeOf(text: string): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) throw invalid('/created_at', 'is not a time in RFC 3339 form')
  return time.toISOString()
}

/** The whole record is replaced; a new address has yet to be verified (notes 5.17). */
export function updatedUser(old: StoredUser, input: UserInput, now: string): StoredUser {
  const sameAddress = input.email === old.email
  const [, ...others] = old.emails
  return indexed({
    ...settled(input),
    is_verified: input.is_verified && sameAddress,
    created_at: old.created_at,
    updated_at: now,
    emails: [{ ...old.emails[0], value: input.email }, ...others],
    attributes: old.attributes,
    version: old.version + 1,
  })
}

/** A person's own address changes by the guarded operation only (notes 5.17). Throws FORBIDDEN. */
export function refuseOwnAddress(caller: string, old: StoredUser, email: string): void {
  if (caller === old.user_id && email !== old.email)
    throw new PlumblineError('FORBIDDEN', 'the own e-mail address cannot be changed here; an administrator can')
}

const settled = (input: UserInput) => ({
  user_id: input.user_id,
  username: input.username,
  tenant_id: input.tenant_id,
  is_disabled: input.is_disabled,
  is_verified: input.is_verified,
  locale: input.locale ?? null,
  roles: input.roles ?? null,
  external_id: input.external_id ?? null,
})

/** Contract schema User of a stored user. */
export function shownUser(user: StoredUser): User {
  const { user_id, username, email, tenant_id, is_disabled, is_verified } = user
  const { created_at, updated_at, locale, roles, external_id } = user
  return {
    user_id,
    username,
    email,
    tenant_id,
    is_disabled,
    is_verified,
    created_at,
    updated_at,
    locale,
    roles,
    external_id,
  }
}

/** Throws NOT_FOUND when the tenant has no such user. */
export async function requireUser({ store }: Pick<Deps, 'store'>, tenant: string, userId: string): Promise<StoredUser> {
  const user = await store.get(USERS, tenant, userId)
  if (!user) throw new PlumblineError('NOT_FOUND', `the tenant has no user '${userId}'`)
  return user
}

/** The user of a name, compared as names are; disabled ones included. */
export async function userByName(store: Store, tenant: string, username: string): Promise<StoredUser | undefined> {
  const where = { username_key: foldName(username) }
  return (await store.find(USERS, tenant, { where, limit: 1 })).items[0]
}
