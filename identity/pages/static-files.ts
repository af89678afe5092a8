import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { ORGANIZATIONS } from '../directory/organizations.ts'
import { organizationOf } from '../directory/tenant-organizations.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { asPage, tenantIn } from '../frame/page-scope.ts'
import { servedFile } from '../settings/cim/static-files.ts'
import { GLOBAL } from '../store/store.ts'
import { refusal } from './form-parts.ts'

interface Path {
  Params: TenantPath & { readonly '*': string }
}

/**
 * Whoever opens a file by itself gets a document without scripts, of no origin, so that it has nothing of the login pages beside it. Pages of
 * other sites, such as the extension, may show them: they are no secret.
 */
const HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
  'referrer-policy': 'no-referrer',
  // A reload shows at once; what has not changed is not sent again.
  'cache-control': 'no-cache',
}

/** Static files of the organization that a tenant belongs to. */
export async function staticFiles(app: FastifyInstance, deps: Pick<Deps, 'store'>): Promise<void> {
  app.get<Path>('/:tenant_id/static/*', { errorHandler: asPage(deps) }, async (request, reply) => {
    const id = await organizationOf(deps.store, tenantIn(request))
    const organization = id === undefined ? undefined : await deps.store.get(ORGANIZATIONS, GLOBAL, id)
    const found = organization && (await servedFile(deps, organization, request.params['*']))
    if (found === undefined) throw refusal(404, 'error.not_found')
    const etag = `"${found.file.sha256}"`
    reply.headers({ ...HEADERS, etag })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type(found.file.type).send(await found.content())
  })
}
