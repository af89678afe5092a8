import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { plainErrors } from '../http/app.ts'
import { contractScope } from '../http/errors.ts'
import { instanceId } from './instance.ts'

/** Which service this is (docs/contracts/organizations.openapi.yaml, tag instance). Open to all: the id opens nothing. */
export async function instanceRoutes(app: FastifyInstance, { deps }: { readonly deps: Deps }): Promise<void> {
  await contractScope(app, '/v1/instance', plainErrors, (scope) => {
    scope.get('', async () => ({ instance_id: await instanceId(deps) }))
  })
}
