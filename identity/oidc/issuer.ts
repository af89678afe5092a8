import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'

/** Stands for the public URL while the service neither listens nor knows one (embedded use). */
export const UNREACHED = 'http://localhost'

/** An `http(s)` origin without a slash at its end. Throws USAGE for anything else: issuers hang directly below it. */
export function originOf(url: string): string {
  const parsed = URL.parse(url)
  const web = parsed?.protocol === 'https:' || parsed?.protocol === 'http:'
  if (!parsed || !web || `${parsed.origin}/` !== parsed.href)
    throw new PlumblineError(
      'USAGE',
      `the public URL '${url}' is not an origin; write it like https://login.example.com`,
    )
  return parsed.origin
}

/** Origin under which people and programs reach the service. */
export const publicUrlOf = (deps: Deps): string => deps.publicUrl?.() ?? UNREACHED

const TENANT_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/

/** Whether a text can be the id of a tenant. Nothing else gets into an address that we send a browser to. */
export const isTenantId = (text: string): boolean => TENANT_ID.test(text)

/** Path under which a tenant's provider lives. */
export const mountOf = (tenant: string): string => `/${tenant}/oidc`

/** Issuer identifier of a tenant (OpenID Connect Discovery 1.0). It is computed, never stored. */
export const issuerOf = (deps: Deps, tenant: string): string => `${publicUrlOf(deps)}${mountOf(tenant)}`

/** The tenant of an issuer of ours; `undefined` for any other text. */
export function tenantOfIssuer(deps: Deps, issuer: unknown): string | undefined {
  const [start, end] = [`${publicUrlOf(deps)}/`, '/oidc']
  if (typeof issuer !== 'string' || !issuer.startsWith(start) || !issuer.endsWith(end)) return undefined
  const tenant = issuer.slice(start.length, -end.length)
  return isTenantId(tenant) ? tenant : undefined
}

/** Address of a page of a tenant, for a mail. */
export const pageAddress = (
  deps: Deps,
  tenant: string,
  path: string,
  query: Readonly<Record<string, string>>,
): string => `${publicUrlOf(deps)}/${tenant}${path}?${new URLSearchParams(query)}`
