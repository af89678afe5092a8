import type { Deps } from '../deps.ts'
import { featuresOfTenant } from '../settings/cim/of-tenant.ts'
import { whitelistedUrls } from '../settings/cim/whitelisted-urls.ts'

/** Whether a browser may be sent to the URL after an action token: equal after normalization, no wildcards (notes, features at run time). */
export async function isListedUrl(deps: Pick<Deps, 'store'>, tenant: string, url: string): Promise<boolean> {
  const wanted = URL.parse(url)?.href
  const listed = whitelistedUrls(await featuresOfTenant(deps, tenant))
  return wanted !== undefined && listed.some((entry) => URL.parse(entry.url)?.href === wanted)
}
