import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { ORGANIZATIONS } from '../directory/organizations.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { type FederatedLogin, federatedLogins, loginsOf } from '../federation/methods.ts'
import { recordOf, textOf } from '../federation/values.ts'
import { asPage, tenantIn } from '../frame/page-scope.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { GLOBAL } from '../store/store.ts'
import { refusal } from './form-parts.ts'

/** Where Apple looks, at the host that people sign in at (Apple, "Configuring your environment for Sign in with Apple"). */
const FILE = '/.well-known/apple-developer-domain-association.txt'

/**
 * The file by which Apple knows that a domain is of an organization. It is asked for before the method is switched on. A host of several
 * organizations has one below each tenant; the proxy of an organization's own host maps it to the root.
 */
export async function appleAssociation(app: FastifyInstance, deps: Pick<Deps, 'store' | 'masterKey'>): Promise<void> {
  const options = { config: PUBLIC_RATE, errorHandler: asPage(deps) }
  app.get(FILE, options, async (_, reply) => reply.type('text/plain').send(fileIn(await onlyLogins(deps))))
  app.get<{ Params: TenantPath }>(`/:tenant_id${FILE}`, options, async (request, reply) =>
    reply.type('text/plain').send(fileIn(await federatedLogins(deps, tenantIn(request)))),
  )
}

/** Those of the one organization; none where there are several, of which the root is nobody's. */
async function onlyLogins(deps: Pick<Deps, 'store' | 'masterKey'>): Promise<readonly FederatedLogin[]> {
  const { items } = await deps.store.find(ORGANIZATIONS, GLOBAL, { limit: 2 })
  const [only, ...others] = items
  return only === undefined || others.length > 0 ? [] : loginsOf(deps, only)
}

function fileIn(logins: readonly FederatedLogin[]): string {
  const [file] = logins.flatMap(
    ({ spec }) => textOf(recordOf(spec.signInWithApple).domainVerificationFileContent) ?? [],
  )
  if (file === undefined) throw refusal(404, 'error.not_found')
  return file
}
