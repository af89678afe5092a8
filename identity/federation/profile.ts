import { isRecord } from '../../config/json.ts'
import { indexed, type StoredUser } from '../directory/users.ts'

/** Attribute of a person, as attribute mappings name it → where a user has it. Parts of the name are below `name`, of a list the first value counts. */
const PLACES = {
  firstName: ['name', 'givenName'],
  middleName: ['name', 'middleName'],
  lastName: ['name', 'familyName'],
  displayName: ['displayName'],
  nickname: ['nickName'],
  mobileNumber: ['phoneNumbers', 'mobile'],
  locale: ['locale'],
  timeZone: ['timezone'],
  profileUrl: ['profileUrl'],
  picture: ['photos', 'photo'],
} as const satisfies Record<string, readonly [place: string, part?: string]>

export type ProfileAttribute = keyof typeof PLACES
/** Values of a person by attribute; an empty one takes it away. */
export type ProfileValues = Readonly<Partial<Record<ProfileAttribute, string>>>

export const PROFILE_ATTRIBUTES = Object.keys(PLACES) as readonly ProfileAttribute[]

export function profileValue({ locale, attributes }: StoredUser, attribute: ProfileAttribute): string | undefined {
  const [place, part] = PLACES[attribute] as readonly [string, string?]
  if (place === 'locale') return locale ?? undefined
  const found = attributes[place]
  const value = Array.isArray(found) ? found[0]?.value : isRecord(found) ? found[part ?? ''] : found
  return typeof value === 'string' ? value : undefined
}

/** The user with other values; what is not named stays. */
export function withProfile(user: StoredUser, values: ProfileValues): StoredUser {
  let changed = user
  for (const [attribute, value] of Object.entries(values))
    changed = withValue(changed, PLACES[attribute as ProfileAttribute], value)
  return changed
}

function withValue(user: StoredUser, [place, part]: readonly [string, string?], value: string): StoredUser {
  if (place === 'locale') return indexed({ ...user, locale: value === '' ? null : value })
  const { [place]: found, ...others } = user.attributes
  const filled = placed(found, part, value)
  return { ...user, attributes: filled === undefined ? others : { ...others, [place]: filled } }
}

/** A place with the value in it; `undefined` when nothing is left of it. */
function placed(old: unknown, part: string | undefined, value: string): unknown {
  if (part === undefined) return value === '' ? undefined : value
  if (part === 'mobile' || part === 'photo') {
    const rest = (Array.isArray(old) ? old : []).slice(1)
    const all = value === '' ? rest : [{ value, type: part }, ...rest]
    return all.length === 0 ? undefined : all
  }
  const { [part]: _, ...others } = isRecord(old) ? old : {}
  const all = value === '' ? others : { ...others, [part]: value }
  return Object.keys(all).length === 0 ? undefined : all
}
