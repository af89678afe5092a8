import type { FastifyInstance, FastifyRequest } from 'fastify'
import { confine, demandScopes, principalOf } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { API_KEY_SCOPES } from '../../directory/api-keys.ts'
import {
  CLIENTS,
  type ClientInput,
  clientSecretHash,
  newSecret,
  type StoredClient,
  settledClient,
  shownClient,
} from '../../directory/clients.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { unlessTaken } from '../../platform/contract/conflict.ts'
import { bodySchema } from '../../platform/contract/vault-contract.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'

const TENANT = { type: 'string', minLength: 1, maxLength: 128 }
const LISTING = {
  type: 'object',
  required: ['tenant_id'],
  properties: {
    tenant_id: TENANT,
    skip: { type: 'integer', minimum: 0, maximum: 2_147_483_647, default: 0 },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
  },
}
interface Listing {
  readonly tenant_id: string
  readonly skip: number
  readonly limit: number
}

/** listClients, createClient, updateClient. */
export function clientRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'masterKey'>): void {
  const { store } = deps
  const body = bodySchema('Client')

  const list = { config: { right: 'clients:read' }, schema: { querystring: LISTING } } as const
  app.get<{ Querystring: Listing }>('/clients', list, async (request) => {
    const { tenant_id, skip, limit } = request.query
    confine(principalOf(request), tenant_id)
    await requireTenant(deps, tenant_id)
    const { items } = await store.find(CLIENTS, tenant_id, { limit, offset: skip })
    return { clients: items.map((client) => shownClient(client)) }
  })

  const write = { config: { right: 'clients:write' }, schema: { body } } as const
  app.post<{ Body: ClientInput }>('/clients', write, async (request) => {
    confine(principalOf(request), request.body.tenant_id)
    demandRights(request, request.body)
    await requireTenant(deps, request.body.tenant_id)
    const client = settledClient(request.body)
    const secret = client.client_type === 'public' ? null : (request.body.client_secret ?? newSecret())
    const stored = { ...client, secret_hash: secret === null ? null : clientSecretHash(deps, client, secret) }
    const taken = `the tenant already has a client '${client.client_id}'`
    await unlessTaken(() => store.create(CLIENTS, client.tenant_id, stored), taken)
    return shownClient(stored, secret)
  })

  app.put<{ Params: { client_id: string }; Body: ClientInput }>(
    '/clients/:client_id',
    write,
    async (request, reply) => {
      confine(principalOf(request), request.body.tenant_id)
      demandRights(request, request.body)
      if (request.body.client_id !== request.params.client_id)
        throw invalid('/client_id', 'has to equal the client_id in the path')
      await store.update(CLIENTS, request.body.tenant_id, request.params.client_id, (old) =>
        updated(deps, old, request.body),
      )
      return answerNull(reply, 200)
    },
  )
}

/** A client gets tokens with its scopes: nobody registers one that may do more than they may themselves. Throws FORBIDDEN. */
function demandRights(request: FastifyRequest, { allowed_scopes = [] }: ClientInput): void {
  demandScopes(
    principalOf(request),
    allowed_scopes.filter((scope) => API_KEY_SCOPES.includes(scope)),
  )
}

/** A confidential client keeps its secret unless the body brings another one. */
function updated(deps: Pick<Deps, 'masterKey'>, old: StoredClient, input: ClientInput): StoredClient {
  const client = settledClient(input)
  if (client.client_type === 'public') return { ...client, secret_hash: null }
  const secret_hash =
    input.client_secret == null ? old.secret_hash : clientSecretHash(deps, client, input.client_secret)
  if (secret_hash === null)
    throw invalid('/client_secret', 'is required when a public client becomes a confidential one')
  return { ...client, secret_hash }
}
