import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { instanceId } from '../../directory/instance.ts'
import { plainErrors } from '../../platform/http/app.ts'
import { contractScope } from '../../platform/http/errors.ts'

/** Which service this is (docs/contracts/organizations.openapi.yaml, tag instance). Open to all: the id opens nothing. */
export async function instanceRoutes(
  app: FastifyInstance,
  { deps }: { readonly deps: Pick<Deps, 'store'> },
): Promise<void> {
  await contractScope(app, '/v1/instance', plainErrors, (scope) => {
    scope.get('', async () => ({ instance_id: await instanceId(deps) }))
  })
}
