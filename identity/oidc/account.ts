import type { Account } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import { type StoredUser, USERS } from '../directory/users.ts'

/** Claims by scope (OpenID Connect Core, section 5.4). */
export const CLAIMS = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
} as const

/** The account behind a token or session; none for a disabled or deleted user, whose tokens and sessions so stop working. */
export async function accountOf({ store }: Deps, tenant: string, userId: string): Promise<Account | undefined> {
  const user = await store.get(USERS, tenant, userId)
  if (!user || user.is_disabled) return undefined
  return { accountId: userId, claims: async () => ({ sub: userId, ...claimsOf(user) }) }
}

function claimsOf(user: StoredUser) {
  const name = (user.attributes.name ?? {}) as Readonly<Record<string, string | undefined>>
  const changed = Date.parse(user.updated_at ?? user.created_at)
  return present({
    name: (user.attributes.displayName as string | undefined) ?? name.formatted,
    given_name: name.givenName,
    family_name: name.familyName,
    preferred_username: user.username,
    locale: user.locale ?? undefined,
    updated_at: Math.floor(changed / 1000),
    email: user.email,
    email_verified: user.is_verified,
  })
}

const present = (claims: Readonly<Record<string, string | number | boolean | undefined>>) =>
  Object.fromEntries(Object.entries(claims).filter((entry) => entry[1] !== undefined))
