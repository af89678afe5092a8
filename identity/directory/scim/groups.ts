import { crc32 } from 'node:zlib'
import { PlumblineError } from '../../../config/errors.ts'
import { collect, everyMatch } from '../../platform/contract/paging.ts'
import { foldName } from '../../platform/fold-name.ts'
import type { Collection, Store, Term } from '../../store/store.ts'
import { GroupSchema } from './schemas.ts'
import { termsOf } from './terms.ts'

/** A SCIM Group as stored, in the scope of its tenant. */
export interface StoredGroup {
  readonly group_id: string
  readonly display_name: string
  readonly external_id: string | null
  /** Ids of users of the tenant. */
  readonly members: readonly string[]
  readonly created_at: string
  readonly updated_at: string
  readonly display_key: string
  readonly version: number
}

export const SCIM_GROUPS: Collection<StoredGroup> = {
  name: 'groups',
  id: (group) => group.group_id,
  indexes: ['display_key', 'external_id', 'created_at'],
  unique: { display_name: (group) => foldName(group.display_name) },
  terms: { version: 2, of: groupTerms },
}

/** Members are numbered by their ids, so that the terms of the others stay when one leaves. */
function groupTerms(group: StoredGroup): Term[] {
  const { group_id: id, display_name: displayName, external_id: externalId } = group
  const meta = { resourceType: 'Group', created: group.created_at, lastModified: group.updated_at }
  return [
    ...termsOf(GroupSchema.definition, { id, displayName, externalId, meta }),
    ...group.members.map((value) => ({ field: 'members', value, item: crc32(value) })),
  ]
}

/** The groups of the tenant that have one of the users as a member. */
export const groupsWith = (store: Store, tenant: string, userIds: readonly string[]): AsyncGenerator<StoredGroup> =>
  everyMatch(store, SCIM_GROUPS, tenant, { op: 'in', field: 'members', values: userIds })

/** Takes a user out of every group of the tenant. */
export async function leaveGroups(store: Store, tenant: string, userId: string, now: string): Promise<void> {
  const without = (old: StoredGroup): StoredGroup => ({
    ...old,
    members: old.members.filter((id) => id !== userId),
    updated_at: now,
    version: old.version + 1,
  })
  for (const { group_id } of await collect(groupsWith(store, tenant, [userId])))
    await unlessGone(() => store.update(SCIM_GROUPS, tenant, group_id, without))
}

/** A group that somebody deletes meanwhile has been left, too. */
async function unlessGone(write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof PlumblineError && error.code === 'NOT_FOUND')) throw error
  }
}
