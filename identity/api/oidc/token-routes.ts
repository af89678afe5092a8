import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { serve } from '../../oidc/serve-request.ts'
import { Fault } from '../../platform/fault.ts'
import { bodyOf, readFormsAsText } from './routes.ts'

/** exchangeToken: the tenant is named in the form. */
export function exchangeToken(scope: FastifyInstance, deps: Pick<Deps, 'publicUrl' | 'providers'>): void {
  readFormsAsText(scope)
  scope.post('', async (request, reply) => {
    const form = new URLSearchParams(bodyOf(request))
    const tenant = form.get('tenant_id')
    if (tenant === null || tenant === '') throw new Fault(400, 'the parameter tenant_id is missing')
    form.delete('tenant_id')
    await serve(deps, request, reply, { tenant, path: '/token', body: form.toString() })
  })
}

/** exchangeTokenForTenant: the tenant is named in the path. */
export function exchangeTokenForTenant(scope: FastifyInstance, deps: Pick<Deps, 'publicUrl' | 'providers'>): void {
  readFormsAsText(scope)
  scope.post<{ Params: { tenant_id: string } }>('', async (request, reply) => {
    await serve(deps, request, reply, { tenant: request.params.tenant_id, path: '/token', body: bodyOf(request) })
  })
}
