import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { removeUser } from '../../accounts/user-removal.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { newUser, type StoredUser, USERS, type UserInput } from '../../directory/users.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { bodySchema } from '../../platform/contract/vault-contract.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import { foldName } from '../../platform/fold-name.ts'

interface TenantPath {
  readonly tenant_id: string
}
type Outcome = 'created' | 'duplicate' | 'failed'

/** batchCreateUsers, batchDeleteUsers: at most 500 users at once. */
export function userBatchRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
): void {
  const schemaOf = (name: string) => ({ config: { right: 'users:write' }, schema: { body: bodySchema(name) } }) as const

  app.post<{ Params: TenantPath; Body: { users: readonly UserInput[] } }>(
    '/tenants/:tenant_id/users/batch/create',
    schemaOf('BatchCreateUsersRequest'),
    async (request, reply) => {
      const { tenant_id } = request.params
      const foreign = request.body.users.findIndex((user) => user.tenant_id !== tenant_id)
      if (foreign >= 0) throw invalid(`/users/${foreign}/tenant_id`, 'has to equal the tenant_id in the path')
      await requireTenant(deps, tenant_id)
      return reply.code(201).send(await createAll(deps, request.body.users))
    },
  )

  app.post<{ Params: TenantPath; Body: { users_ids: readonly string[] } }>(
    '/tenants/:tenant_id/users/batch/delete',
    schemaOf('BatchDeleteUsersRequest'),
    async (request, reply) => {
      await requireTenant(deps, request.params.tenant_id)
      for (const id of new Set(request.body.users_ids)) await removeUser(deps, request.params.tenant_id, id)
      return answerNull(reply, 201)
    },
  )
}

async function createAll(deps: Pick<Deps, 'store' | 'now'>, users: readonly UserInput[]) {
  const named: Record<Outcome, string[]> = { created: [], duplicate: [], failed: [] }
  for (const input of users) named[await createOne(deps, newUser(input, deps.now().toISOString()))].push(input.username)
  return {
    success_created_count: named.created.length,
    fail_create_usernames: named.failed,
    duplicate_usernames: named.duplicate,
  }
}

/** A clash of names is a duplicate; a clash of ids alone is a failure. */
async function createOne({ store }: Pick<Deps, 'store'>, user: StoredUser): Promise<Outcome> {
  try {
    await store.create(USERS, user.tenant_id, user)
    return 'created'
  } catch (error) {
    if (!(error instanceof PlumblineError && error.code === 'CONFLICT')) throw error
  }
  const where = { username_key: foldName(user.username) }
  const { total } = await store.find(USERS, user.tenant_id, { where, limit: 1 })
  return total > 0 ? 'duplicate' : 'failed'
}
