import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { authenticate } from '../../access/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { CLIENTS, type StoredClient } from '../../directory/clients.ts'
import { requireTenant, type Tenant } from '../../directory/tenants.ts'
import { requireUser, shownUser } from '../../directory/users.ts'
import { GLOBAL } from '../../store/store.ts'

/** getUserInfo: the caller's record, with `sub` (notes 5.10). */
export function userInfoRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
): void {
  scope.get('', async (request) => {
    const principal = await authenticate(deps, request)
    if (principal.kind === 'admin' || principal.userId === '')
      throw new PlumblineError('FORBIDDEN', 'the credentials belong to no user')
    const user = await requireUser(deps, principal.tenant, principal.userId)
    if (user.is_disabled) throw new PlumblineError('FORBIDDEN', 'the account is disabled')
    return { ...shownUser(user), sub: user.user_id }
  })
}

interface PublicQuery {
  readonly client_id: string
  readonly tenant_id: string
}
const TEXT = { type: 'string', minLength: 1, maxLength: 128 }
const QUERY = {
  schema: {
    querystring: {
      type: 'object',
      required: ['client_id', 'tenant_id'],
      properties: { client_id: TEXT, tenant_id: TEXT },
    },
  },
}

/** getPublicClient: what a login page may know about a client. */
export function publicClientRoutes(scope: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  answerOf(scope, deps, async (client) => publicClient(client))
}

/** getPublicClientTenant: the same with the login policy of the tenant. */
export function publicClientTenantRoutes(scope: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  answerOf(scope, deps, async (client) => ({
    client: publicClient(client),
    tenant: publicTenant(await requireTenant(deps, client.tenant_id)),
  }))
}

function answerOf(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store'>,
  answer: (client: StoredClient) => Promise<object>,
): void {
  scope.get<{ Querystring: PublicQuery }>('', QUERY, async ({ query }) => answer(await openClient(deps, query)))
}

/** An unknown, foreign or locked client, or an unknown tenant: the same NOT_FOUND. */
async function openClient(
  { store }: Pick<Deps, 'store'>,
  { tenant_id, client_id }: PublicQuery,
): Promise<StoredClient> {
  const client = tenant_id === GLOBAL ? undefined : await store.get(CLIENTS, tenant_id, client_id)
  if (!client || client.is_lock) throw new PlumblineError('NOT_FOUND', 'there is no such client')
  return client
}

/** Contract schema PublicClient. `has_profile`: the account page of the tenant is there for the people of every client. */
const publicClient = ({
  client_id,
  name,
  tenant_id,
  logo_uri,
  op_policy_url,
  op_tos_url,
  op_user_agreement_url,
  client_uri,
  client_logout_uri,
  register_enable,
  tenant_name,
}: StoredClient) => ({
  client_id,
  name,
  tenant_id,
  logo_uri,
  op_policy_url,
  op_tos_url,
  op_user_agreement_url,
  client_uri,
  client_logout_uri,
  register_enable,
  tenant_name,
  has_profile: true,
})

/** Contract schema PublicTenant: all but how blocks are counted and whether a second factor is demanded. */
const publicTenant = ({ is_2fa: _, block_config: _b, ...shown }: Tenant) => shown
