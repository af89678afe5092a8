import { createHash } from 'node:crypto'
import type { Collection, Store } from '../store/store.ts'
import type { StoredUser } from './users.ts'

/** Somebody as another provider knows them. */
export interface Subject {
  /** Id of the login method (CIM). The same account by another method is another one: each has trust of its own. */
  readonly method_id: string
  readonly issuer: string
  readonly subject: string
}

/** An account at another provider with which a user signs in, in the scope of the tenant. */
export interface Identity extends Subject {
  readonly id: string
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** What the person knows the account by: an address or a name. */
  readonly label: string
  readonly connected_at: string
}

const IDENTITIES: Collection<Identity> = { name: 'identities', id: (i) => i.id, indexes: ['user_id', 'connected_at'] }
/** More than there are login methods that a person would have. */
const MOST_IDENTITIES = 100

export const identityId = ({ method_id, issuer, subject }: Subject): string =>
  createHash('sha256')
    .update(JSON.stringify([method_id, issuer, subject]))
    .digest('base64url')

export const identityOf = (store: Store, tenant: string, subject: Subject): Promise<Identity | undefined> =>
  store.get(IDENTITIES, tenant, identityId(subject))

export async function identitiesOf(store: Store, user: StoredUser): Promise<readonly Identity[]> {
  const query = { where: { user_id: user.user_id }, orderBy: 'connected_at', limit: MOST_IDENTITIES } as const
  const { items } = await store.find(IDENTITIES, user.tenant_id, query)
  return items.filter((identity) => identity.user_created_at === user.created_at)
}

/** Throws CONFLICT when the account is connected already, with whomever. */
export async function connectIdentity(store: Store, user: StoredUser, who: Subject, label: string, now: Date) {
  const { method_id, issuer, subject } = who
  const { user_id, created_at: user_created_at } = user
  const identity = { id: identityId(who), method_id, issuer, subject, user_id, user_created_at, label }
  await store.create(IDENTITIES, user.tenant_id, { ...identity, connected_at: now.toISOString() })
}

/** Puts a connection back as it was. */
export const restoreIdentity = (store: Store, tenant: string, identity: Identity): Promise<void> =>
  store.create(IDENTITIES, tenant, identity)

/** True when there was one. */
export const disconnectIdentity = (store: Store, tenant: string, id: string): Promise<boolean> =>
  store.delete(IDENTITIES, tenant, id)

/** Takes all connections of whoever has the id away. */
export async function removeIdentitiesOf(store: Store, tenant: string, userId: string): Promise<void> {
  const { items } = await store.find(IDENTITIES, tenant, { where: { user_id: userId }, limit: MOST_IDENTITIES })
  for (const { id } of items) await store.delete(IDENTITIES, tenant, id)
}
