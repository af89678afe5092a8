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

/** The stored value; `undefined` when nothing was ever written. */
export async function storedSettings<T>(
  { store }: Deps,
  { organization_id }: Organization,
  { name }: Singleton<T>,
): Promise<T | undefined> {
  return (await store.get(SETTINGS, scopeOf(organization_id), name))?.value as T | undefined
}

/** The stored value, or the fresh one. */
export async function readSettings<T>(deps: Deps, organization: Organization, s: Singleton<T>): Promise<T> {
  return (await storedSettings(deps, organization, s)) ?? s.fresh()
}

/** Changes the value atomically; `change` may run again. What it throws leaves the stored value as it is. */
export async function changeSettings<T>(
  deps: Deps,
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

async function created({ store }: Deps, scope: string, settings: Settings): Promise<boolean> {
  try {
    await store.create(SETTINGS, scope, settings)
    return true
  } catch (error) {
    if (error instanceof PlumblineError && error.code === 'CONFLICT') return false
    throw error
  }
}
