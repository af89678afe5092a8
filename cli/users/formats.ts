import { isRecord, type JsonObject } from '../../config/json.ts'
import { type FirebaseScrypt, firebaseHash, keycloakHash, pbkdf2Hash } from './hashes.ts'

/** A user as `importUsers` of the service takes it, without the tenant. */
export interface UserRecord {
  readonly user_id: string
  readonly username: string
  readonly email: string
  readonly is_verified: boolean
  readonly is_disabled: boolean
  readonly given_name?: string
  readonly family_name?: string
  readonly locale?: string
  readonly external_id?: string
  readonly password_hash?: string
}

/** How the export of a system is read: a record of it as a user; `undefined` for what is no user. Throws an Error that says what is wrong. */
type Reader = (record: JsonObject, firebase: FirebaseScrypt | undefined) => UserRecord | undefined

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
/** Only what is there. */
const given = <T extends object>(values: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<{
    [K in keyof T]: NonNullable<T[K]>
  }>

interface Person {
  readonly id: string | undefined
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly verified: boolean
  readonly disabled: boolean
}

/** Where a system has no user names, people go by their address. */
function personOf({ id, username, email, verified, disabled }: Person): UserRecord {
  const name = username ?? email
  if (id === undefined || name === undefined) throw new Error('it has no id, or neither a name nor an address')
  return { user_id: id, username: name, email: email ?? '', is_verified: verified, is_disabled: disabled }
}

const keycloak: Reader = (user) => ({
  ...personOf({
    id: text(user.id),
    username: text(user.username),
    email: text(user.email),
    verified: user.emailVerified === true,
    disabled: user.enabled === false,
  }),
  ...given({
    given_name: text(user.firstName),
    family_name: text(user.lastName),
    password_hash: keycloakHash(user.credentials),
  }),
})

const auth0: Reader = (user) => ({
  ...personOf({
    id: text(user.user_id) ?? text(isRecord(user._id) ? user._id.$oid : user._id),
    username: text(user.username),
    email: text(user.email),
    verified: user.email_verified === true,
    disabled: user.blocked === true,
  }),
  ...given({
    given_name: text(user.given_name),
    family_name: text(user.family_name),
    password_hash: text(user.passwordHash),
  }),
})

const firebase: Reader = (user, project) => ({
  ...personOf({
    id: text(user.localId),
    email: text(user.email),
    verified: user.emailVerified === true,
    disabled: user.disabled === true,
  }),
  ...given({ password_hash: firebaseHash(text(user.salt), text(user.passwordHash), project) }),
})

const DJANGO_USER = /(^|\.)(custom)?user$/i

const django: Reader = ({ model, pk, fields }) => {
  if (!isRecord(fields) || (typeof model === 'string' && !DJANGO_USER.test(model))) return undefined
  return {
    ...personOf({
      id: pk === undefined || pk === null ? undefined : String(pk),
      username: text(fields.username),
      email: text(fields.email),
      // Django does not know whether an address was confirmed.
      verified: false,
      disabled: fields.is_active === false,
    }),
    ...given({
      given_name: text(fields.first_name),
      family_name: text(fields.last_name),
      password_hash: pbkdf2Hash(text(fields.password)),
    }),
  }
}

const plumbline: Reader = (user) => ({
  ...personOf({
    id: text(user.user_id),
    username: text(user.username),
    email: text(user.email),
    verified: String(user.is_verified) === 'true',
    disabled: String(user.is_disabled) === 'true',
  }),
  ...given({
    given_name: text(user.given_name),
    family_name: text(user.family_name),
    locale: text(user.locale),
    external_id: text(user.external_id),
    password_hash: text(user.password_hash),
  }),
})

/** The systems whose exports are read. */
export const READERS = { plumbline, keycloak, auth0, firebase, django } as const satisfies Readonly<
  Record<string, Reader>
>
export type ExportingSystem = keyof typeof READERS
