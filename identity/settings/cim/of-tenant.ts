import type { JsonObject } from '../../../config/json.ts'
import type { Deps } from '../../deps.ts'
import { ORGANIZATIONS } from '../../directory/organizations.ts'
import { organizationOf } from '../../directory/tenant-organizations.ts'
import { GLOBAL } from '../../store/store.ts'
import { readSettings } from '../store.ts'
import { CIM, type CimState } from './state.ts'

/** The CIM settings of the organization that a tenant belongs to; `undefined` without one. */
export async function cimOfTenant({ store }: Pick<Deps, 'store'>, tenant: string): Promise<CimState | undefined> {
  const id = await organizationOf(store, tenant)
  const organization = id === undefined ? undefined : await store.get(ORGANIZATIONS, GLOBAL, id)
  return organization && readSettings({ store }, organization, CIM)
}

/** The CIM features that hold for a tenant; none without an organization. */
export const featuresOfTenant = async (deps: Pick<Deps, 'store'>, tenant: string): Promise<JsonObject> =>
  (await cimOfTenant(deps, tenant))?.features ?? {}
