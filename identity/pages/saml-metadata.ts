import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { federatedLogins, returnAddress } from '../federation/methods.ts'
import { samlPartsOf } from '../federation/protocols.ts'
import { isSaml } from '../federation/saml/facts.ts'
import { asPage, tenantIn } from '../frame/page-scope.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { refusal } from './form-parts.ts'

interface Path {
  Params: TenantPath & { readonly method: string }
}

/** What an identity provider has to know of us, to be registered there. */
export async function samlMetadata(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'outsidePost'>,
): Promise<void> {
  const options = { config: PUBLIC_RATE, errorHandler: asPage(deps) }
  app.get<Path>('/:tenant_id/login/with/:method/metadata', options, async (request, reply) => {
    const tenant = tenantIn(request)
    const login = (await federatedLogins(deps, tenant)).find(({ id }) => id === request.params.method)
    if (login === undefined || !isSaml(login)) throw refusal(404, 'error.not_found')
    const address = returnAddress(publicUrlOf(deps), tenant, login.id)
    const { serviceMetadata } = await import('../federation/saml/service-metadata.ts')
    const metadata = await serviceMetadata(samlPartsOf(deps), login, address)
    return reply.type('application/samlmetadata+xml').header('cache-control', 'public, max-age=60').send(metadata)
  })
}
