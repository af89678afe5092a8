import type { Deps } from '../deps.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'

const TENANT_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/

/** Whether a text can be the id of a tenant. Nothing else gets into an address that we send a browser to. */
export const isTenantId = (text: string): boolean => TENANT_ID.test(text)

/** Path under which a tenant's provider lives. */
export const mountOf = (tenant: string): string => `/${tenant}/oidc`

/** Issuer identifier of a tenant (OpenID Connect Discovery 1.0). It is computed, never stored. */
export const issuerOf = (deps: Pick<Deps, 'publicUrl'>, tenant: string): string =>
  `${publicUrlOf(deps)}${mountOf(tenant)}`

/** The tenant of an issuer of ours; `undefined` for any other text. */
export function tenantOfIssuer(deps: Pick<Deps, 'publicUrl'>, issuer: unknown): string | undefined {
  const [start, end] = [`${publicUrlOf(deps)}/`, '/oidc']
  if (typeof issuer !== 'string' || !issuer.startsWith(start) || !issuer.endsWith(end)) return undefined
  const tenant = issuer.slice(start.length, -end.length)
  return isTenantId(tenant) ? tenant : undefined
}
