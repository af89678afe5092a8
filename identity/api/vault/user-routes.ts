import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { callerId } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant } from '../../directory/tenants.ts'
import {
  newUser,
  refuseOwnAddress,
  requireUser,
  type StoredUser,
  shownUser,
  USERS,
  type UserInput,
  updatedUser,
} from '../../directory/users.ts'
import { disabling } from '../../login/user-disabling.ts'
import { unlessTaken } from '../../platform/contract/conflict.ts'
import { bodySchema } from '../../platform/contract/vault-contract.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import { foldName } from '../../platform/fold-name.ts'
import type { Query } from '../../store/store.ts'

interface TenantPath {
  readonly tenant_id: string
}
interface UserPath extends TenantPath {
  readonly user_id: string
}
interface Listing {
  readonly username: string
  readonly email: string
  readonly limit: number
  readonly offset: number
  readonly sort_direction: 1 | -1
  readonly sort_by: keyof typeof SORT_KEYS
}

const TAKEN = 'the tenant already has a user with this id or name'
const SORT_KEYS = { created_at: 'created_at', username: 'username_key', email: 'email_key' } as const
const NAME = { type: 'string', maxLength: 128 }
/** `sort_direction` 0 lies in the stated range and is refused (notes 5.11). */
const LISTING = {
  type: 'object',
  properties: {
    username: { ...NAME, default: '' },
    email: { ...NAME, default: '' },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 10 },
    offset: { type: 'integer', minimum: 0, maximum: 2_147_483_647, default: 0 },
    sort_direction: { type: 'integer', enum: [1, -1], default: -1 },
    sort_by: { type: 'string', enum: Object.keys(SORT_KEYS), default: 'created_at' },
  },
}
const READ = { config: { right: 'users:read' } } as const

/** listUsers, createUser, getUserByName, getUser, updateUser. */
export function userRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>): void {
  readingRoutes(app, deps)
  writingRoutes(app, deps)
}

function readingRoutes(app: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  const { store } = deps

  const list = { ...READ, schema: { querystring: LISTING } }
  app.get<{ Params: TenantPath; Querystring: Listing }>('/tenants/:tenant_id/users', list, async (request) => {
    await requireTenant(deps, request.params.tenant_id)
    const { items, total } = await store.find(USERS, request.params.tenant_id, queryOf(request.query))
    const has_next = request.query.offset + items.length < total
    return { data: items.map(shownUser), has_next, total_count: total }
  })

  const byName = {
    ...READ,
    schema: { params: { type: 'object', properties: { tenant_id: { type: 'string' }, username: NAME } } },
  }
  app.get<{ Params: TenantPath & { username: string } }>(
    '/tenants/:tenant_id/usernames/:username',
    byName,
    async (request) => {
      await requireTenant(deps, request.params.tenant_id)
      const where = { username_key: foldName(request.params.username) }
      const { items } = await store.find(USERS, request.params.tenant_id, { where, limit: 1 })
      if (!items[0]) throw new PlumblineError('NOT_FOUND', 'the tenant has no user of this name')
      return shownUser(items[0])
    },
  )

  app.get<{ Params: UserPath }>('/tenants/:tenant_id/users/:user_id', READ, async (request) => {
    await requireTenant(deps, request.params.tenant_id)
    return shownUser(await requireUser(deps, request.params.tenant_id, request.params.user_id))
  })
}

function writingRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>): void {
  const { store } = deps
  const write = { config: { right: 'users:write' }, schema: { body: bodySchema('User') } } as const

  app.post<{ Params: TenantPath; Body: UserInput }>('/tenants/:tenant_id/users', write, async (request, reply) => {
    const user = newUser(request.body, deps.now().toISOString())
    if (user.tenant_id !== request.params.tenant_id) throw foreign('/tenant_id')
    await requireTenant(deps, user.tenant_id)
    await unlessTaken(() => store.create(USERS, user.tenant_id, user), TAKEN)
    return reply.code(201).send(shownUser(user))
  })

  app.put<{ Params: UserPath; Body: UserInput }>('/tenants/:tenant_id/users/:user_id', write, async (request) => {
    const { tenant_id, user_id } = request.params
    if (request.body.tenant_id !== tenant_id) throw foreign('/tenant_id')
    if (request.body.user_id !== user_id) throw foreign('/user_id')
    await requireTenant(deps, tenant_id)
    const caller = callerId(request)
    const now = deps.now().toISOString()
    const changed = (old: StoredUser) => {
      refuseOwnAddress(caller, old, request.body.email)
      return updatedUser(old, request.body, now)
    }
    const write = () => unlessTaken(() => store.update(USERS, tenant_id, user_id, changed), TAKEN)
    return shownUser(request.body.is_disabled ? await disabling(deps, tenant_id, user_id, write) : await write())
  })
}

const foreign = (pointer: string) => invalid(pointer, 'has to equal the value in the path')

function queryOf({ username, email, limit, offset, sort_by, sort_direction }: Listing): Query<StoredUser> {
  return {
    where: {
      ...(username === '' ? {} : { username_key: foldName(username) }),
      ...(email === '' ? {} : { email_key: foldName(email) }),
    },
    orderBy: SORT_KEYS[sort_by],
    direction: sort_direction === 1 ? 'asc' : 'desc',
    limit,
    offset,
  }
}
