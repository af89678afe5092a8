import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { addCustomAttributes, customAttributesOf } from '../directory/custom-attributes.ts'
import type { Method } from '../directory/methods.ts'
import { phoneOf } from '../directory/phones.ts'
import { requireTenant } from '../directory/tenants.ts'
import { type StoredUser, USERS } from '../directory/users.ts'
import { profileValue, withProfile } from '../federation/profile.ts'
import { recordEvent } from '../login/login-record.ts'
import { LIFETIMES } from '../oidc/lifetimes.ts'
import { readTicket, takeTicket } from '../oidc/login-ticket.ts'
import { Fault } from '../platform/fault.ts'
import { phoneNumberIn } from '../platform/messages/numbers.ts'
import { succeeds } from '../platform/succeeds.ts'
import { type PolicyInputs, settingAt } from '../policy/inputs.ts'
import { loadInputs } from '../policy/load.ts'
import type { Collection } from '../store/store.ts'

/** What the form can ask for. */
export const EXTRA_FIELDS = ['firstName', 'lastName', 'mobileNumber', 'birthDate'] as const
export type ExtraField = (typeof EXTRA_FIELDS)[number]
export type ExtraValues = Readonly<Partial<Record<ExtraField, string>>>

/** A login that waits until a person has told what is missing, in the scope of the tenant. */
export interface ExtraForm {
  /** `auth_req_id` of the login. */
  readonly id: string
  readonly userId: string
  readonly methods: readonly Method[]
  readonly fields: readonly ExtraField[]
  /** The person goes on without it this time. */
  readonly isPutOff: boolean
}
const FORMS: Collection<ExtraForm> = { name: 'extraForms', id: (form) => form.id, indexes: [] }

/** That somebody whose second login is asked has had the first. */
interface FirstLogin {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id begins anew. */
  readonly user_created_at: string
}
const FIRST_LOGINS: Collection<FirstLogin> = { name: 'firstLogins', id: (first) => first.user_id, indexes: [] }

/** True when there was one. */
export const removeFirstLogin = ({ store }: Pick<Deps, 'store'>, tenant: string, userId: string): Promise<boolean> =>
  store.delete(FIRST_LOGINS, tenant, userId)

type Attribute = 'Name' | 'Phone' | 'BirthDate' | 'Email'
/** What makes a person have an attribute; an address is asked for at sign-up, and changed on a page of its own. */
const ASKED: Readonly<Record<Attribute, readonly ExtraField[]>> = {
  Name: ['firstName', 'lastName'],
  Phone: ['mobileNumber'],
  BirthDate: ['birthDate'],
  Email: [],
}
const REQUIRED = [
  ['/personCreation/firstNameRequired', 'firstName'],
  ['/personCreation/lastNameRequired', 'lastName'],
  ['/personCreation/mobileNumberRequired', 'mobileNumber'],
] as const

/** What CimAttributes demands of people and this one lacks; of several attributes of which one is enough, the first is asked for. */
async function lackingOf(deps: Pick<Deps, 'store'>, inputs: PolicyInputs, user: StoredUser) {
  const { birthDate } = await customAttributesOf(deps.store, user)
  const values: Readonly<Record<ExtraField, unknown>> = {
    firstName: profileValue(user, 'firstName'),
    lastName: profileValue(user, 'lastName'),
    mobileNumber: profileValue(user, 'mobileNumber') ?? (await phoneOf(deps.store, user)),
    birthDate,
  }
  const isThere: Readonly<Record<Attribute, boolean>> = {
    Name: [values.firstName, values.lastName, profileValue(user, 'displayName')].some((name) => name !== undefined),
    Phone: values.mobileNumber !== undefined,
    BirthDate: birthDate !== undefined,
    Email: user.email !== '',
  }
  const rules = (settingAt(inputs, 'CimAttributes', '/profile/requiredAttributes') ?? []) as readonly {
    readonly anyOf: readonly Attribute[]
  }[]
  const wanted = new Set([
    ...REQUIRED.filter(([pointer]) => settingAt(inputs, 'CimAttributes', pointer) === true).map(([, name]) => name),
    ...rules
      .filter(({ anyOf }) => !anyOf.some((attribute) => isThere[attribute]))
      .flatMap(({ anyOf }) => anyOf.map((attribute) => ASKED[attribute]).find((fields) => fields.length > 0) ?? []),
  ])
  return EXTRA_FIELDS.filter((name) => wanted.has(name) && values[name] === undefined)
}

/** What to ask a person for at this login: nothing at the first one where the settings leave it to the second. */
async function askedOf(deps: Pick<Deps, 'store'>, user: StoredUser): Promise<readonly ExtraField[]> {
  const tenant = await requireTenant(deps, user.tenant_id)
  const inputs = await loadInputs(deps, { tenant, user })
  const fields = await lackingOf(deps, inputs, user)
  const isSecond = settingAt(inputs, 'CimFeatures', '/postLoginExtraRegistrationAfterSecondLogin') === true
  return fields.length > 0 && isSecond && (await isFirst(deps, user)) ? [] : fields
}

async function isFirst({ store }: Pick<Deps, 'store'>, user: StoredUser): Promise<boolean> {
  const { tenant_id, user_id, created_at: user_created_at } = user
  const known = await store.get(FIRST_LOGINS, tenant_id, user_id)
  if (known?.user_created_at === user_created_at) return false
  await store.delete(FIRST_LOGINS, tenant_id, user_id)
  return succeeds(store.create(FIRST_LOGINS, tenant_id, { user_id, user_created_at }), 'CONFLICT')
}

interface Completion {
  readonly tenant: string
  readonly authReqId: string
  readonly ticket: string
}

/**
 * Whether a complete login has to wait for the form, which then has its ticket. Only pages are held: a program has nobody to ask. Throws
 * UNAUTHENTICATED for a ticket that was used meanwhile.
 */
export async function waitsForExtraForm(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  { headers }: Pick<FastifyRequest, 'headers'>,
  { tenant, authReqId, ticket }: Completion,
): Promise<boolean> {
  if (!headers.accept?.includes('text/html')) return false
  const login = await readTicket(deps, authReqId, ticket)
  const user = login && (await deps.store.get(USERS, tenant, login.userId))
  const known = await deps.store.get(FORMS, tenant, authReqId)
  if (login === undefined || user === undefined || known?.isPutOff) return false
  const fields = await askedOf(deps, user)
  if (fields.length === 0) return false
  const { userId, methods } = await takeTicket(deps, authReqId, ticket)
  await deps.store.delete(FORMS, tenant, authReqId)
  const waiting = { id: authReqId, userId, methods, fields, isPutOff: false }
  await deps.store.create(FORMS, tenant, waiting, LIFETIMES.Interaction)
  return true
}

/** The form of a login; `undefined` when there is none, or it was put off. */
export async function extraFormOf({ store }: Pick<Deps, 'store'>, tenant: string, authReqId: string) {
  const form = await store.get(FORMS, tenant, authReqId)
  return form?.isPutOff === false ? form : undefined
}

const MOST_CHARACTERS = 256
const DATE = /^\d{4}-\d\d-\d\d$/

/** What a field takes beside any text. */
const TAKES: Readonly<Partial<Record<ExtraField, (text: string, now: Date) => boolean | Promise<boolean>>>> = {
  mobileNumber: async (text) => (await phoneNumberIn(text)) !== undefined,
  birthDate: (text, now) => DATE.test(text) && Date.parse(text) < now.getTime(),
}

/** Keeps what the person told. Throws Fault 422 while something is missing or cannot be that. */
export async function fillExtraForm(
  deps: Pick<Deps, 'store' | 'now' | 'auditLog'>,
  tenant: string,
  form: ExtraForm,
  values: ExtraValues,
): Promise<void> {
  for (const name of form.fields) await requireTaken(name, values[name] ?? '', deps.now())
  const { birthDate, ...profile } = values
  const updated_at = deps.now().toISOString()
  const user = await deps.store.update(USERS, tenant, form.userId, (old) => ({
    ...withProfile(old, profile),
    updated_at,
    version: old.version + 1,
  }))
  if (birthDate !== undefined) await addCustomAttributes(deps.store, user, { birthDate })
  await recordEvent(deps, tenant, { event: 'profile.changed', userId: form.userId, subject: {} })
}

async function requireTaken(name: ExtraField, value: string, now: Date): Promise<void> {
  const isTaken = value !== '' && value.length <= MOST_CHARACTERS && ((await TAKES[name]?.(value, now)) ?? true)
  if (!isTaken) throw new Fault(422, `${name} cannot be that`, { text: 'error.profile' })
}

/** Ends the wait: of many that ask, one goes on. False when somebody did already. */
export const endExtraForm = async ({ store }: Pick<Deps, 'store'>, tenant: string, form: ExtraForm): Promise<boolean> =>
  (await store.take(FORMS, tenant, form.id)) !== undefined

/** Goes on without it until the next login. */
export const putOffExtraForm = ({ store }: Pick<Deps, 'store'>, tenant: string, form: ExtraForm): Promise<void> =>
  store.create(FORMS, tenant, { ...form, isPutOff: true }, LIFETIMES.Interaction)
