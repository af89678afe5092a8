import { randomUUID } from 'node:crypto'
import { isRecord } from '../../../config/json.ts'
import { removeUser } from '../../accounts/user-removal.ts'
import { scimFault } from '../../directory/scim/errors.ts'
import { groupsWith, SCIM_GROUPS } from '../../directory/scim/groups.ts'
import { type ScimResource, UserSchema } from '../../directory/scim/schemas.ts'
import { listed, userResource } from '../../directory/scim/user-resource.ts'
import { requireTenant, TENANTS } from '../../directory/tenants.ts'
import { EMAIL_KEYS, type Email, indexed, refuseOwnAddress, type StoredUser, USERS } from '../../directory/users.ts'
import { disabling } from '../../login/user-disabling.ts'
import { isAddress } from '../../platform/contract/validation.ts'
import { phoneNumberIn } from '../../platform/messages/numbers.ts'
import { loginPolicyOf } from '../../policy/load.ts'
import { GLOBAL } from '../../store/store.ts'
import type { ResourceType, ScimContext } from './resource-type.ts'
import { passwordBeside } from './user-password.ts'

const MAX_ROLES = 100
const MAX_BYTES = 64 * 1024

/** SCIM Users: the records of the contract's users, `user_id` is the SCIM id. */
export const SCIM_USERS: ResourceType<StoredUser> = {
  name: 'User',
  endpoint: '/Users',
  schema: UserSchema,
  collection: USERS,
  moved: {
    groups: {
      collection: SCIM_GROUPS.name,
      field: 'members',
      fields: { groups: 'id', 'groups.display': 'displayname' },
    },
  },
  show,
  record: async (context, resource, old) => {
    const user = recordOf(context, resource, old)
    await requireNumbers(context, user, old)
    return confirmed(context, user, old)
  },
  write: ({ deps, tenant }, user, write) => (user.is_disabled ? disabling(deps, tenant, user.user_id, write) : write()),
  beside: passwordBeside,
  remove: ({ deps, tenant }, id) => removeUser(deps, tenant, id),
}

async function show(context: ScimContext, users: readonly StoredUser[]): Promise<ScimResource[]> {
  const groups = await groupsOf(
    context,
    users.map((user) => user.user_id),
  )
  return users.map((user) => ({ ...userResource(user), ...listed('groups', groups.get(user.user_id) ?? []) }))
}

async function groupsOf(
  { deps, tenant, base }: ScimContext,
  userIds: readonly string[],
): Promise<Map<string, ScimResource[]>> {
  const found = new Map<string, ScimResource[]>(userIds.map((id) => [id, []]))
  if (userIds.length === 0) return found
  for await (const group of groupsWith(deps.store, tenant, userIds)) {
    const $ref = `${base}/Groups/${group.group_id}`
    const entry = { value: group.group_id, $ref, display: group.display_name, type: 'direct' }
    for (const id of group.members) found.get(id)?.push(entry)
  }
  return found
}

function recordOf({ tenant, now, caller }: ScimContext, resource: ScimResource, old?: StoredUser): StoredUser {
  const { userName, active, emails, roles, externalId, locale, schemas: _, meta: __, id: ___, ...others } = resource
  const { password: ____, ...rest } = others
  const username = limited('userName', userName, 128) ?? ''
  const addresses = addressesOf(emails, username)
  const attributes = { ...rest, ...(roles === undefined ? {} : { roles }) }
  if (JSON.stringify(attributes).length > MAX_BYTES) throw scimFault('invalidValue', 'the user has too much data')
  const record = indexed({
    user_id: old?.user_id ?? randomUUID(),
    tenant_id: tenant,
    username,
    emails: addresses,
    attributes,
    is_disabled: active === false,
    is_verified: old?.email === addresses[0]?.value && old?.is_verified === true,
    created_at: old?.created_at ?? now,
    updated_at: old ? now : null,
    version: (old?.version ?? 0) + 1,
    locale: limited('locale', locale, 64),
    roles: rolesOf(roles),
    external_id: limited('externalId', externalId, 256),
  })
  if (old) refuseOwnAddress(caller, old, record.email)
  return record
}

/** Where the tenant trusts its directory, an address that it sets is the person's. One that the person has set is not: that stays as it is. */
async function confirmed({ deps, tenant }: ScimContext, user: StoredUser, old?: StoredUser): Promise<StoredUser> {
  if (user.email === '' || user.email === old?.email) return user
  const trusts = (await deps.store.get(TENANTS, GLOBAL, tenant))?.trusts_directory_addresses === true
  return trusts ? { ...user, is_verified: true } : user
}

/** New telephone numbers have to be real ones where the organization wants that (CimFeatures, mobileNumberValidationBackendServicesEnabled). */
async function requireNumbers({ deps, tenant }: ScimContext, user: StoredUser, old?: StoredUser): Promise<void> {
  const known = new Set(numbersOf(old))
  const fresh = numbersOf(user).filter((number) => !known.has(number))
  if (fresh.length === 0) return
  const { signUp } = await loginPolicyOf(deps, { tenant: await requireTenant(deps, tenant) })
  if (!signUp.validatesNumbers.value) return
  for (const number of fresh)
    if ((await phoneNumberIn(number)) === undefined)
      throw scimFault('invalidValue', 'each of the phoneNumbers has to be a real number with its country code')
}

const numbersOf = (user: StoredUser | undefined): readonly string[] =>
  ((user?.attributes.phoneNumbers ?? []) as readonly { readonly value?: unknown }[]).map(({ value }) => String(value))

function limited(name: string, value: unknown, max: number): string | null {
  if (value === undefined) return null
  if (typeof value !== 'string' || value === '' || value.length > max)
    throw scimFault('invalidValue', `${name} has to be a text of 1 to ${max} characters`)
  return value
}

/** The primary address first. Without any, a userName that is an address serves as one; else there is none. */
function addressesOf(emails: unknown, username: string): Email[] {
  const sent = (Array.isArray(emails) ? emails : []) as Email[]
  const all = sent.length === 0 && isAddress(username) ? [{ value: username, primary: true }] : sent
  if (all.length > EMAIL_KEYS.length) throw scimFault('invalidValue', `a user has at most ${EMAIL_KEYS.length} emails`)
  if (all.filter((email) => email.primary).length > 1)
    throw scimFault('invalidValue', 'only one of the emails can be primary')
  if (!all.every((email) => isAddress(email.value)))
    throw scimFault('invalidValue', 'each of the emails has to be an e-mail address')
  return all.toSorted((a, b) => Number(b.primary ?? false) - Number(a.primary ?? false))
}

function rolesOf(roles: unknown): string[] | null {
  if (!Array.isArray(roles)) return null
  const values = roles.map((role) => limited('roles.value', isRecord(role) ? (role.value ?? '') : role, 128) ?? '')
  if (values.length > MAX_ROLES) throw scimFault('invalidValue', `a user has at most ${MAX_ROLES} roles`)
  return [...new Set(values)]
}
