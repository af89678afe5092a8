import type { Deps } from '../deps.ts'
import { type CustomAttributes, customAttributesOf } from '../directory/custom-attributes.ts'
import { identitiesOf } from '../directory/identities.ts'
import { type StoredUser, USERS } from '../directory/users.ts'
import { recordEvent } from '../login/login-record.ts'
import { Fault } from '../platform/fault.ts'
import { phoneNumberIn } from '../platform/messages/numbers.ts'
import { federatedLogins } from './methods.ts'
import { PROFILE_ATTRIBUTES, type ProfileAttribute, type ProfileValues, profileValue, withProfile } from './profile.ts'

/** An attribute that a login elsewhere fills. */
interface ProfileEntry {
  readonly attribute: ProfileAttribute
  readonly value: string | undefined
  /** The person may change it: every login method of theirs that fills it says so. */
  readonly editable: boolean
}

/** What logins elsewhere have filled in of a person. */
export interface OwnProfile {
  readonly entries: readonly ProfileEntry[]
  readonly custom: CustomAttributes
}

interface Mapping {
  readonly to: string
  readonly editable?: boolean
}

export async function ownProfile(deps: Pick<Deps, 'store' | 'masterKey'>, user: StoredUser): Promise<OwnProfile> {
  const custom = await customAttributesOf(deps.store, user)
  const connected = new Set((await identitiesOf(deps.store, user)).map(({ method_id }) => method_id))
  if (connected.size === 0) return { entries: [], custom }
  const logins = (await federatedLogins(deps, user.tenant_id)).filter(({ id }) => connected.has(id))
  const mappings = logins.flatMap(({ spec }) => (spec.attributeMappings ?? []) as readonly Mapping[])
  const entries = PROFILE_ATTRIBUTES.flatMap((attribute) => {
    const own = mappings.filter(({ to }) => to === attribute)
    const editable = own.every((mapping) => mapping.editable === true)
    return own.length === 0 ? [] : [{ attribute, value: profileValue(user, attribute), editable }]
  })
  return { entries, custom }
}

const MOST_CHARACTERS = 1024
const LOCALE = /^[a-z]{2,3}([-_][a-z0-9]{2,8})*$/i

const isWeb = (text: string): boolean => ['https:', 'http:'].includes(URL.parse(text)?.protocol ?? '')

/** What an attribute takes beside any text. */
const TAKES: Readonly<Partial<Record<ProfileAttribute, (text: string) => boolean | Promise<boolean>>>> = {
  mobileNumber: async (text) => (await phoneNumberIn(text)) !== undefined,
  locale: (text) => LOCALE.test(text),
  profileUrl: isWeb,
  picture: isWeb,
}

/** Changes what a person may change of it; all else that is named is left as it is. Throws Fault 422 for a value that an attribute cannot have. */
export async function changeProfile(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog'>,
  user: StoredUser,
  values: ProfileValues,
): Promise<void> {
  const { entries } = await ownProfile(deps, user)
  const changes = entries.flatMap(({ attribute, editable }) => {
    const value = values[attribute]
    return editable && value !== undefined ? [[attribute, value] as const] : []
  })
  for (const [attribute, value] of changes) await requireTaken(attribute, value)
  const { tenant_id, user_id: userId } = user
  const updated_at = deps.now().toISOString()
  await deps.store.update(USERS, tenant_id, userId, (old) => ({
    ...withProfile(old, Object.fromEntries(changes)),
    updated_at,
    version: old.version + 1,
  }))
  await recordEvent(deps, tenant_id, { event: 'profile.changed', userId, subject: {} })
}

async function requireTaken(attribute: ProfileAttribute, value: string): Promise<void> {
  const isTaken = value.length <= MOST_CHARACTERS && (value === '' || ((await TAKES[attribute]?.(value)) ?? true))
  if (!isTaken) throw new Fault(422, `${attribute} cannot be that`, { text: 'error.profile' })
}
