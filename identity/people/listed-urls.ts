import type { Deps } from '../deps.ts'
import { ORGANIZATIONS } from '../directory/organizations.ts'
import { organizationOf } from '../directory/tenant-organizations.ts'
import { CIM } from '../settings/cim/state.ts'
import { whitelistedUrls } from '../settings/cim/whitelisted-urls.ts'
import { readSettings } from '../settings/store.ts'
import { GLOBAL } from '../store/store.ts'

/** Whether a browser may be sent to the URL after an action token: equal after normalization, no wildcards (notes, features at run time). */
export async function isListedUrl({ store }: Pick<Deps, 'store'>, tenant: string, url: string): Promise<boolean> {
  const id = await organizationOf(store, tenant)
  const organization = id === undefined ? undefined : await store.get(ORGANIZATIONS, GLOBAL, id)
  if (organization === undefined) return false
  const { features } = await readSettings({ store }, organization, CIM)
  const wanted = URL.parse(url)?.href
  return wanted !== undefined && whitelistedUrls(features).some((listed) => URL.parse(listed.url)?.href === wanted)
}
