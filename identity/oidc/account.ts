import type { Account } from 'oidc-provider'
import type { JsonObject } from '../../config/json.ts'
import type { Deps } from '../deps.ts'
import { customAttributesOf } from '../directory/custom-attributes.ts'
import { groupsWith } from '../directory/scim/groups.ts'
import { type StoredUser, USERS } from '../directory/users.ts'
import { collect } from '../platform/contract/paging.ts'

/** Claims by scope (OpenID Connect Core, section 5.4); `roles` and `groups` have a scope of their own. */
export const CLAIMS_BY_SCOPE = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: [
    'name',
    'given_name',
    'family_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'zoneinfo',
    'locale',
    'updated_at',
    'custom_attributes',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  roles: ['roles'],
  groups: ['groups'],
} as const

/** The account behind a token or session; none for a disabled or deleted user, whose tokens and sessions so stop working. */
export async function accountOf(
  deps: Pick<Deps, 'store'>,
  tenant: string,
  userId: string,
): Promise<Account | undefined> {
  const user = await deps.store.get(USERS, tenant, userId)
  if (!user || user.is_disabled) return undefined
  return {
    accountId: userId,
    claims: async (_use, scope, requested = {}) => {
      const wantsGroups = scope.split(' ').includes('groups') || Object.hasOwn(requested, 'groups')
      const groups = wantsGroups ? { groups: await groupNamesOf(deps, tenant, userId) } : {}
      return { sub: userId, ...claimsOf(user), ...groups, ...(await customOf(deps, user)) }
    },
  }
}

/** What login methods have said about the person that no standard claim stands for. */
async function customOf({ store }: Pick<Deps, 'store'>, user: StoredUser): Promise<JsonObject> {
  const custom_attributes = await customAttributesOf(store, user)
  return Object.keys(custom_attributes).length === 0 ? {} : { custom_attributes }
}

async function groupNamesOf(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  userId: string,
): Promise<readonly string[]> {
  const groups = await collect(groupsWith(store, tenant, [userId]))
  return groups.map((group) => group.display_name).toSorted()
}

/** The claims that follow from the SCIM attributes of a user (RFC 7643, section 4.1). */
function claimsOf({ attributes, ...user }: StoredUser) {
  const name = objectOf(attributes.name)
  const parts = [name.givenName, name.middleName, name.familyName].filter(isText)
  const changed = Date.parse(user.updated_at ?? user.created_at)
  const phone = primaryOf(attributes.phoneNumbers).value
  return present({
    name: attributes.displayName ?? name.formatted ?? (parts.join(' ') || undefined),
    given_name: name.givenName,
    family_name: name.familyName,
    middle_name: name.middleName,
    nickname: attributes.nickName,
    preferred_username: user.username,
    profile: attributes.profileUrl,
    picture: primaryOf(attributes.photos).value,
    zoneinfo: attributes.timezone,
    locale: user.locale ?? attributes.preferredLanguage,
    updated_at: Math.floor(changed / 1000),
    ...(user.email === '' ? {} : { email: user.email, email_verified: user.is_verified }),
    // Nothing here shows that a number is theirs.
    ...(phone === undefined ? {} : { phone_number: phone, phone_number_verified: false }),
    address: addressOf(primaryOf(attributes.addresses)),
    roles: user.roles ?? [],
  })
}

const ADDRESS = {
  formatted: 'formatted',
  street_address: 'streetAddress',
  locality: 'locality',
  region: 'region',
  postal_code: 'postalCode',
  country: 'country',
} as const

/** OpenID Connect Core, section 5.1.1. */
function addressOf(address: JsonObject): JsonObject | undefined {
  const claim = present(Object.fromEntries(Object.entries(ADDRESS).map(([claim, name]) => [claim, address[name]])))
  return Object.keys(claim).length === 0 ? undefined : claim
}

/** The primary value of a list, or else the first one. */
function primaryOf(list: unknown): JsonObject {
  const items = (Array.isArray(list) ? list : []).map(objectOf)
  return items.find((item) => item.primary === true) ?? items[0] ?? {}
}

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null ? (value as JsonObject) : {}
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const present = (claims: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(claims).filter(([, v]) => v !== undefined))
