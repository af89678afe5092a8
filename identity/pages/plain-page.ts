import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { csrfToken } from '../frame/csrf.ts'
import { tenantIn } from '../frame/page-scope.ts'
import { type Site, siteOf } from '../frame/site.ts'
import { isSameBrowser, pendingOf } from '../oidc/pending-login.ts'
import { asked, refusal } from './form-parts.ts'
import { type Offers, offersOf } from './sign-in-methods.ts'

/** A page of a tenant that stands outside of a login, and knows the way back to one. */
export interface PlainPage {
  readonly site: Site
  readonly tenant: Tenant
  readonly offers: Offers
  readonly csrf: string
  /** Whether a login waits that one can go back to. */
  readonly hasLogin: boolean
  /** Address of another such page, for the same login or application. */
  readonly to: (path: string, query?: Readonly<Record<string, string>>) => string
}

/** Throws Fault 404 for an unknown tenant. */
export async function plainPage(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<PlainPage> {
  const tenantId = tenantIn(request)
  const handle = asked(request, 'auth_req_id')
  const pending = handle === '' ? undefined : await pendingOf(deps, handle)
  const own = pending?.tenant === tenantId && isSameBrowser(request, pending) ? pending : undefined
  const clientId = own?.clientId ?? asked(request, 'client_id')
  const site = await siteOf(deps, request, { tenantId, clientId, uiLocales: own?.uiLocales })
  if (!site.tenant) throw refusal(404, 'error.not_found')
  const kept = { ...(own ? { auth_req_id: handle } : {}), ...(!own && site.client ? { client_id: clientId } : {}) }
  return {
    site,
    tenant: site.tenant,
    offers: offersOf(site),
    csrf: csrfToken(deps, request, reply, tenantId),
    hasLogin: own !== undefined,
    to: (path, query = {}) => withQuery(`${site.base}${path}`, { ...kept, ...query }),
  }
}

function withQuery(path: string, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(values).toString()
  return query === '' ? path : `${path}?${query}`
}
