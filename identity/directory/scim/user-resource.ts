import { isRecord } from '../../../config/json.ts'
import type { Term } from '../../store/store.ts'
import type { StoredUser } from '../users.ts'
import { type ScimResource, UserSchema } from './schemas.ts'
import { termsOf } from './terms.ts'

/** The SCIM attributes of a stored user that are in its own record. */
export function userResource({ attributes, ...user }: StoredUser): ScimResource {
  const roles = (user.roles ?? []).map((value) => detailOf(attributes.roles, value) ?? { value })
  return {
    ...attributes,
    ...(user.external_id === null ? {} : { externalId: user.external_id }),
    ...(user.locale === null ? {} : { locale: user.locale }),
    userName: user.username,
    active: !user.is_disabled,
    ...listed('emails', user.emails),
    ...listed('roles', roles),
  }
}

/** What a client sent along with a value, such as its display name. */
const detailOf = (details: unknown, value: string): unknown =>
  Array.isArray(details) ? details.find((d) => isRecord(d) && d.value === value) : undefined

export const listed = (name: string, values: readonly unknown[]): ScimResource =>
  values.length === 0 ? {} : { [name]: values }

/** The terms by which filters find a user. */
export function userTerms(user: StoredUser): Term[] {
  const meta = { resourceType: 'User', created: user.created_at, lastModified: user.updated_at ?? user.created_at }
  return termsOf(UserSchema.definition, { id: user.user_id, ...userResource(user), meta })
}
