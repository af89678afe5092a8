import type { FastifyInstance } from 'fastify'
import { requireAdmin } from '../../access/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { contractSchema } from '../../platform/contract/contracts.ts'
import { plainErrors } from '../../platform/http/app.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { type ClaimRequest, giveUpHoldings, hold, holdingsOf } from './claims.ts'
import { respellClaims } from './respelled.ts'

const OWNER = { type: 'string', minLength: 1, maxLength: 512 }
const LISTING = {
  type: 'object',
  properties: {
    owner: OWNER,
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    offset: { type: 'integer', minimum: 0, maximum: 1_000_000_000, default: 0 },
  },
}
const ONE = {
  type: 'object',
  required: ['object', 'owner'],
  properties: { object: { type: 'string', minLength: 1, maxLength: 1024 }, owner: OWNER, address: OWNER },
}

/** Who manages what (docs/contracts/organizations.openapi.yaml, tag claims). */
export async function claimRoutes(
  app: FastifyInstance,
  { deps }: { readonly deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'providers'> },
): Promise<void> {
  await contractScope(app, '/v1/claims', plainErrors, (scope) => {
    scope.addHook('onRequest', (request) => requireAdmin(deps, request))
    // Once per process, since no claim is written so any more; a failure is tried again.
    let respelling: Promise<void> | undefined
    scope.addHook('preHandler', async () => {
      respelling ??= respellClaims(deps.store)
      await respelling.catch((error: unknown) => {
        respelling = undefined
        throw error
      })
    })

    const schema = { body: contractSchema('organizations', 'ClaimRequest') }
    scope.post<{ Body: ClaimRequest }>('', { schema }, ({ body }) => hold(deps, body))

    scope.get<{ Querystring: { owner?: string; limit: number; offset: number } }>(
      '',
      { schema: { querystring: LISTING } },
      async ({ query: { owner, ...page } }) => {
        const { items, total } = await holdingsOf(deps, owner, page)
        return { claims: items, total }
      },
    )

    scope.delete<{ Querystring: { object: string; owner: string; address?: string } }>(
      '',
      { schema: { querystring: ONE } },
      async ({ query }, reply) => {
        await giveUpHoldings(deps, query)
        return reply.code(204).send()
      },
    )
  })
}
