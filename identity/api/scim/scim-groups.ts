import { randomUUID } from 'node:crypto'
import { isRecord } from '../../../config/json.ts'
import { scimFault } from '../../directory/scim/errors.ts'
import { SCIM_GROUPS, type StoredGroup } from '../../directory/scim/groups.ts'
import { GroupSchema, type ScimResource } from '../../directory/scim/schemas.ts'
import { USERS } from '../../directory/users.ts'
import { foldName } from '../../platform/fold-name.ts'
import type { ResourceType, ScimContext } from './resource-type.ts'

const MAX_MEMBERS = 10_000
const MAX_TEXT = 256

/** SCIM Groups. Members are users of the same tenant; groups do not nest. */
export const GROUP_TYPE: ResourceType<StoredGroup> = {
  name: 'Group',
  endpoint: '/Groups',
  schema: GroupSchema,
  collection: SCIM_GROUPS,
  show: async (context, groups) => groups.map((group) => shown(context, group)),
  record: recordOf,
  remove: ({ deps, tenant }, id) => deps.store.delete(SCIM_GROUPS, tenant, id),
}

function shown({ base }: ScimContext, group: StoredGroup): ScimResource {
  const $ref = (id: string) => `${base}/Users/${encodeURIComponent(id)}`
  const members = group.members.map((id) => ({ value: id, $ref: $ref(id), type: 'User' }))
  return {
    displayName: group.display_name,
    ...(group.external_id === null ? {} : { externalId: group.external_id }),
    ...(members.length === 0 ? {} : { members }),
  }
}

async function recordOf(context: ScimContext, resource: ScimResource, old?: StoredGroup): Promise<StoredGroup> {
  const members = membersOf(resource.members)
  const known = new Set(old?.members)
  for (const id of members) if (!known.has(id)) await requireMember(context, id)
  const display_name = text('displayName', resource.displayName) ?? ''
  return {
    group_id: old?.group_id ?? randomUUID(),
    display_name,
    display_key: foldName(display_name),
    members,
    external_id: text('externalId', resource.externalId),
    version: (old?.version ?? 0) + 1,
    created_at: old?.created_at ?? context.now,
    updated_at: context.now,
  }
}

function text(name: string, value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value !== 'string' || value === '' || value.length > MAX_TEXT)
    throw scimFault('invalidValue', `${name} has to be a text of 1 to ${MAX_TEXT} characters`)
  return value
}

function membersOf(members: unknown): string[] {
  if (!Array.isArray(members)) return []
  if (members.length > MAX_MEMBERS) throw scimFault('invalidValue', `a group has at most ${MAX_MEMBERS} members`)
  const ids = members.map((member) => (isRecord(member) && member.type !== 'Group' ? member.value : undefined))
  if (!ids.every((id) => typeof id === 'string'))
    throw scimFault('invalidValue', 'each member needs the id of a user as its value; groups do not nest')
  return [...new Set(ids)]
}

async function requireMember({ deps, tenant }: ScimContext, id: string): Promise<void> {
  if (!(await deps.store.get(USERS, tenant, id))) throw scimFault('invalidValue', `the tenant has no user '${id}'`)
}
