import type { Deps } from '../../deps.ts'
import { type Organization, scopeOf } from '../../directory/organizations.ts'
import { tenantsOf } from '../../directory/tenant-organizations.ts'
import { STATIC_FILES } from '../../settings/cim/static-files.ts'
import { NAVIXY, userIds } from '../../settings/navixy/settings.ts'
import { CONFIGURATIONS } from '../../settings/pigello/configurations.ts'
import { readSettings, SETTINGS } from '../../settings/store.ts'

/** What keeps an organization from being deleted, in words. */
export async function belongings(deps: Pick<Deps, 'store'>, organization: Organization): Promise<string[]> {
  const scope = scopeOf(organization.organization_id)
  const { items } = await deps.store.find(SETTINGS, scope, { limit: 10 })
  const { total } = await deps.store.find(CONFIGURATIONS, scope, { limit: 1 })
  const navixy = await readSettings(deps, organization, NAVIXY)
  const unused = navixy.default === undefined && userIds(navixy).length === 0
  const tenants = await tenantsOf(deps.store, organization.organization_id)
  return [
    ...tenants.map((tenant) => `the tenant ${tenant}`),
    ...items
      .filter(({ id }) => id !== STATIC_FILES.name && !(id === NAVIXY.name && unused))
      .map(({ id }) => `${id} settings`),
    ...(total > 0 ? ['pigello security configurations'] : []),
  ]
}
