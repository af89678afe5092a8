import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { csrfToken } from '../frame/csrf.ts'
import type { Html } from '../frame/html.ts'
import { tenantIn } from '../frame/page-scope.ts'
import { type Site, siteOf } from '../frame/site.ts'
import type { PendingLogin } from '../login/pending-login.ts'
import { mountOf } from '../oidc/issuer.ts'
import { LIFETIMES } from '../oidc/lifetimes.ts'
import { isSameBrowser, type Pending, pendingOf } from '../oidc/pending-login.ts'
import type { Collection } from '../store/store.ts'
import { asked, link, refusal } from './form-parts.ts'
import { type Offers, offersOf } from './sign-in-methods.ts'

/** A page of a login that waits. */
export interface WaitingPage {
  readonly site: Site
  readonly tenant: Tenant
  readonly offers: Offers
  readonly pending: Pending
  readonly handle: string
  /** The same login as the operations know it. */
  readonly login: PendingLogin
  readonly csrf: string
  /** Address of another page of the same login. */
  readonly to: (path: string, query?: Readonly<Record<string, string>>) => string
}

/** Throws Fault 401 when the login that the address names is not pending here, or was begun in another browser. */
export const waitingLogin = (
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<WaitingPage> => waitingBy(deps, request, reply, asked(request, 'auth_req_id'))

/** The same for a login whose handle does not stand in the address. */
export async function waitingBy(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  request: FastifyRequest,
  reply: FastifyReply,
  handle: string,
): Promise<WaitingPage> {
  const tenantId = tenantIn(request)
  const pending = handle === '' ? undefined : await pendingOf(deps, handle)
  if (pending?.tenant !== tenantId || !isSameBrowser(request, pending)) throw refusal(401, 'error.expired')
  const site = await siteOf(deps, request, { tenantId, clientId: pending.clientId, uiLocales: pending.uiLocales })
  const { tenant, settings, policy } = site
  if (!tenant || !settings || !policy) throw refusal(401, 'error.expired')
  return {
    site,
    tenant,
    offers: offersOf(site, pending.demand?.method),
    pending,
    handle,
    login: { authReqId: handle, pending, tenant, settings, policy },
    csrf: csrfToken(deps, request, reply, tenantId),
    to: (path, query = {}) => `${site.base}${path}?${new URLSearchParams({ auth_req_id: handle, ...query })}`,
  }
}

/** The way back to the application. */
export const cancelLink = ({ site, tenant, handle }: WaitingPage): Html =>
  link(`${mountOf(tenant.tenant_id)}/cancel?${new URLSearchParams({ auth_req_id: handle })}`, site.say('common.cancel'))

/** The name that a person gave on the first page, in the scope of the tenant. */
interface GivenName {
  readonly id: string
  readonly username: string
}
const NAMES: Collection<GivenName> = { name: 'pageNames', id: (n) => n.id, indexes: [] }

export async function rememberName(
  deps: Pick<Deps, 'store'>,
  { tenant, handle }: WaitingPage,
  username: string,
): Promise<void> {
  await deps.store.delete(NAMES, tenant.tenant_id, handle)
  await deps.store.create(NAMES, tenant.tenant_id, { id: handle, username }, LIFETIMES.Interaction)
}

export const rememberedName = async (
  deps: Pick<Deps, 'store'>,
  { tenant, handle }: WaitingPage,
): Promise<string | undefined> => (await deps.store.get(NAMES, tenant.tenant_id, handle))?.username
