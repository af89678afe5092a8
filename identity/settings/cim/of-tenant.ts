import type { JsonObject } from '../../../config/json.ts'
import type { Deps } from '../../deps.ts'
import { ORGANIZATIONS } from '../../directory/organizations.ts'
import { organizationOf } from '../../directory/tenant-organizations.ts'
import { GLOBAL } from '../../store/store.ts'
import { readSettings } from '../store.ts'
import { CIM } from './state.ts'

/** The CIM features that hold for a tenant; none without an organization. */
export async function featuresOfTenant({ store }: Pick<Deps, 'store'>, tenant: string): Promise<JsonObject> {
  const id = await organizationOf(store, tenant)
  const organization = id === undefined ? undefined : await store.get(ORGANIZATIONS, GLOBAL, id)
  return organization === undefined ? {} : (await readSettings({ store }, organization, CIM)).features
}
