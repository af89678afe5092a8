import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { guardedRoutes } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { requireUser, USERS } from '../../directory/users.ts'
import { forgiveAccount, forgiveAddress, forgiveConfirmations } from '../../lockout/attempts.ts'
import { type Block, type BlockListing, findBlocks } from '../../lockout/blocks.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import { operations } from '../login/operation.ts'

/** `sort_direction` 0 lies in the stated range and is refused (notes 5.11). */
const LISTING = {
  type: 'object',
  properties: {
    page: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 },
    page_size: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    sort_direction: { type: 'integer', enum: [1, -1], default: -1 },
  },
}
const READ = { config: { right: 'tenants:read' }, schema: { querystring: LISTING } } as const
const WRITE = { config: { right: 'tenants:write' } } as const

interface TenantPath {
  readonly tenant_id: string
}

/** listBlockedIps, listBlockedUsers, and unblockIp, unblockUser of the additions. */
export async function blockRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
): Promise<void> {
  const { store } = deps
  await operations(app, '/v1/tenants/:tenant_id/blocked-ips', (scope) =>
    guardedRoutes(scope, deps, () => {
      listing(scope, deps, 'address', (tenant_id, block) => ({ ip: block.subject, tenant_id, ...timesOf(block) }))

      scope.delete<{ Params: TenantPath & { ip: string } }>('/:ip', WRITE, async ({ params }, reply) => {
        await requireTenant(deps, params.tenant_id)
        await forgiveAddress(store, params.tenant_id, addressIn(params.ip))
        return reply.code(204).send()
      })
    }),
  )

  await operations(app, '/v1/tenants/:tenant_id/blocked-users', (scope) =>
    guardedRoutes(scope, deps, () => {
      listing(scope, deps, 'user', async (tenant_id, block) => {
        const user = await store.get(USERS, tenant_id, block.subject)
        const { username = '', email = '' } = user ?? {}
        return { user_id: block.subject, username, email, tenant_id, ...timesOf(block) }
      })

      scope.delete<{ Params: TenantPath & { user_id: string } }>('/:user_id', WRITE, async ({ params }, reply) => {
        const { username } = await requireUser(deps, params.tenant_id, params.user_id)
        await forgiveAccount(store, params.tenant_id, username)
        await forgiveConfirmations(store, params.tenant_id, username)
        return reply.code(204).send()
      })
    }),
  )
}

function listing(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store'>,
  kind: 'address' | 'user',
  show: (tenant: string, block: Block) => unknown,
): void {
  scope.get<{ Params: TenantPath; Querystring: BlockListing }>('', READ, async ({ params, query }) => {
    await requireTenant(deps, params.tenant_id)
    const { items, total } = await findBlocks(deps.store, params.tenant_id, kind, query)
    const data = await Promise.all(items.map((block) => show(params.tenant_id, block)))
    return { data, has_next: query.page * query.page_size + items.length < total, total_count: total }
  })
}

const timesOf = ({ blocked_at, block_time_seconds }: Block) => ({ blocked_at, block_time_seconds })

/** The listing names IPv6 blocks by their network, e.g. `2001:db8::/64`. */
function addressIn(text: string): string {
  const address = text.replace(/\/64$/, '')
  if (isIP(address) === 0) throw invalid('/ip', 'is neither an address nor a /64 network of one')
  return address
}
