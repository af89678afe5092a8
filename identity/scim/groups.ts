import { PlumblineError } from '../../config/errors.ts'
import type { Collection, Store } from '../store/store.ts'
import { everyOne } from '../vault/paging.ts'
import { foldName } from '../vault/users.ts'

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

export const GROUPS: Collection<StoredGroup> = {
  name: 'groups',
  id: (group) => group.group_id,
  indexes: ['display_key', 'external_id', 'created_at'],
  unique: { display_name: (group) => foldName(group.display_name) },
}

/** Takes a user out of every group of the tenant. */
export async function leaveGroups(store: Store, tenant: string, userId: string, now: string): Promise<void> {
  const without = (old: StoredGroup): StoredGroup => ({
    ...old,
    members: old.members.filter((id) => id !== userId),
    updated_at: now,
    version: old.version + 1,
  })
  for await (const group of everyOne(store, GROUPS, tenant)) {
    if (group.members.includes(userId)) await unlessGone(() => store.update(GROUPS, tenant, group.group_id, without))
  }
}

/** A group that somebody deletes meanwhile has been left, too. */
async function unlessGone(write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof PlumblineError && error.code === 'NOT_FOUND')) throw error
  }
}
