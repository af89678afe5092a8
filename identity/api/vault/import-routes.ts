import type { FastifyInstance } from 'fastify'
import { isUsableHash } from '../../crypto/foreign-hash.ts'
import type { Deps } from '../../deps.ts'
import { type ImportedUser, importUser } from '../../directory/imported-users.ts'
import { requireTenant, type TenantPath } from '../../directory/tenants.ts'
import { bodySchema } from '../../platform/contract/vault-contract.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'

const MOST_USERS = 200
const USER = bodySchema('User')
const NAME = { type: 'string', minLength: 1, maxLength: 128 }
const BODY = {
  type: 'object',
  required: ['users'],
  properties: {
    users: {
      type: 'array',
      minItems: 1,
      maxItems: MOST_USERS,
      items: {
        ...USER,
        properties: {
          ...(USER.properties as object),
          given_name: NAME,
          family_name: NAME,
          password_hash: { type: 'string', minLength: 1, maxLength: 2048 },
        },
      },
    },
  },
}

/** importUsers of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function importRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'now' | 'masterKey'>): void {
  const options = { config: { right: 'users:write' }, schema: { body: BODY } } as const
  app.post<{ Params: TenantPath; Body: { users: readonly ImportedUser[] } }>(
    '/tenants/:tenant_id/users/import',
    options,
    async ({ params, body }) => {
      await requireTenant(deps, params.tenant_id)
      // All or none is looked at, so that a file with a mistake changes nothing.
      for (const [i, user] of body.users.entries()) requireGood(params.tenant_id, i, user)
      const results = []
      for (const user of body.users) results.push({ user_id: user.user_id, outcome: await importUser(deps, user) })
      return { results }
    },
  )
}

function requireGood(tenant: string, i: number, { tenant_id, password_hash }: ImportedUser): void {
  if (tenant_id !== tenant) throw invalid(`/users/${i}/tenant_id`, 'has to equal the tenant_id in the path')
  if (password_hash !== undefined && !isUsableHash(password_hash))
    throw invalid(`/users/${i}/password_hash`, 'has no known form, or costs more than a sign-in may')
}
