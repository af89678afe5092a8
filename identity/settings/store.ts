import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { type Organization, scopeOf } from '../directory/organizations.ts'
import type { Collection } from '../store/store.ts'

/** Settings of one vendor API that exist once per organization. */
interface Settings {
  readonly id: string
  readonly value: unknown
}

export const SETTINGS: Collection<Settings> = { name: 'settings', id: (s) => s.id, indexes: [] }

/** One singleton: its name in the store and its value before anything was written. */
export interface Singleton<T> {
  readonly name: string
  readonly fresh: () => T
}

/** The stored value, or the fresh one: what an API serves and what the policy is made of are the same. */
export async function readSettings<T>(
  { store }: Pick<Deps, 'store'>,
  { organization_id }: Organization,
  { name, fresh }: Singleton<T>,
): Promise<T> {
  const stored = (await store.get(SETTINGS, scopeOf(organization_id), name))?.value as T | undefined
  return stored ?? fresh()
}

/** Changes the value atomically; `change` may run again. What it throws leaves the stored value as it is. */
export async function changeSettings<T>(
  deps: Pick<Deps, 'store'>,
  organization: Organization,
  s: Singleton<T>,
  change: (old: T) => T,
): Promise<T> {
  const scope = scopeOf(organization.organization_id)
  const existing = await deps.store.get(SETTINGS, scope, s.name)
  if (!existing) {
    const value = change(s.fresh())
    if (await created(deps, scope, { id: s.name, value })) return value
  }
  const stored = await deps.store.update(SETTINGS, scope, s.name, (old) => ({ ...old, value: change(old.value as T) }))
  return stored.value as T
}

async function created({ store }: Pick<Deps, 'store'>, scope: string, settings: Settings): Promise<boolean> {
  try {
    await store.create(SETTINGS, scope, settings)
    return true
  } catch (error) {
    if (error instanceof PlumblineError && error.code === 'CONFLICT') return false
    throw error
  }
}
