import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { purposeOf, stateIn } from '../federation/trips.ts'
import { asPage, tenantIn } from '../frame/page-scope.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { putPosted } from '../oidc/posted-form.ts'
import { acceptFormAsText } from '../platform/http/body.ts'
import { refusal } from './form-parts.ts'

/** An assertion with certificates, attributes and encryption is long. */
const BODY_BYTES = 256 * 1024

/**
 * The way back by a form (`response_mode=form_post`, or the POST binding of SAML). It comes from another site and so without our cookies (SameSite=Lax): the browser is sent
 * on to come again by itself, with a handle of what it posted.
 */
export async function providerReturn(app: FastifyInstance, deps: Pick<Deps, 'store' | 'masterKey'>): Promise<void> {
  await app.register(async (scope) => {
    acceptFormAsText(scope, BODY_BYTES)
    const options = { config: PUBLIC_RATE, bodyLimit: BODY_BYTES, errorHandler: asPage(deps) }
    scope.post<{ Params: TenantPath & { readonly method: string } }>(
      '/:tenant_id/login/with/:method/callback',
      options,
      async (request, reply) => {
        const [tenant, body] = [tenantIn(request), String(request.body ?? '')]
        const state = stateIn(new URLSearchParams(body))
        if (!(await purposeOf(deps, tenant, state))) throw refusal(401, 'error.expired')
        const handle = await putPosted(deps, tenant, body)
        const [place, method] = [tenant, request.params.method].map(encodeURIComponent)
        return reply.redirect(`/${place}/login/with/${method}/callback?posted=${handle}`, 303)
      },
    )
  })
}
