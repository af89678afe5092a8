import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../config/json.ts'
import type { Deps } from '../deps.ts'
import { addCustomAttributes } from '../directory/custom-attributes.ts'
import { indexed, type StoredUser, USERS } from '../directory/users.ts'
import type { FederatedLogin } from './methods.ts'
import type { PersonElsewhere, Profile } from './person.ts'

/** The user with what the provider says today, where the login method wants that at each login. What it does not say stays. */
export async function synchronised(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  { spec }: FederatedLogin,
  user: StoredUser,
  { profile, custom }: PersonElsewhere,
): Promise<StoredUser> {
  if (spec.synchroniseAttributes !== true) return user
  await addCustomAttributes(store, user, custom)
  if (isDeepStrictEqual(filled(user, profile), user)) return user
  const updated_at = now().toISOString()
  return store.update(USERS, user.tenant_id, user.user_id, (old) => ({
    ...filled(old, profile),
    updated_at,
    version: old.version + 1,
  }))
}

const filled = (user: StoredUser, { locale, attributes }: Profile): StoredUser =>
  indexed({ ...user, ...(locale === undefined ? {} : { locale }), attributes: merged(user.attributes, attributes) })

/** Parts of the name are filled one by one; a list is replaced whole. */
const merged = (old: Profile['attributes'], more: Profile['attributes']): Profile['attributes'] => ({
  ...old,
  ...Object.fromEntries(
    Object.entries(more).map(([name, value]) => [
      name,
      isRecord(value) ? { ...(old[name] as object), ...value } : value,
    ]),
  ),
})
