import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant, type TenantPath } from '../../directory/tenants.ts'
import {
  INVITATIONS,
  type InvitationInput,
  invite,
  requireInvitation,
  resend,
  revoke,
  shownInvitation,
} from '../../people/invitations.ts'
import { answerNull } from '../../platform/contract/answers.ts'

interface InvitationPath extends TenantPath {
  readonly invitation_id: string
}
interface Listing {
  readonly limit: number
  readonly offset: number
}

const PATH = '/tenants/:tenant_id/invitations'
const NAME = { type: 'string', minLength: 1, maxLength: 128 }
/** A month. */
const MOST_HOURS = 31 * 24
const BODY = {
  type: 'object',
  required: ['email'],
  properties: {
    email: { type: 'string', format: 'email', maxLength: 254 },
    username: { type: 'string', minLength: 1, maxLength: 254 },
    given_name: NAME,
    family_name: NAME,
    birth_date: { type: 'string', format: 'date' },
    mobile_number: { type: 'string', minLength: 1, maxLength: 32 },
    locale: { type: 'string', maxLength: 35 },
    roles: { type: 'array', maxItems: 100, items: NAME },
    valid_hours: { type: 'integer', minimum: 1, maximum: MOST_HOURS, default: 168 },
  },
}
const LISTING = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    offset: { type: 'integer', minimum: 0, maximum: 2_147_483_647, default: 0 },
  },
}
const READ = { config: { right: 'users:read' } } as const
const WRITE = { config: { right: 'users:write' } } as const

/** listInvitations, createInvitation, getInvitation, resendInvitation, revokeInvitation of the additions. */
export function invitationRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
): void {
  const list = { ...READ, schema: { querystring: LISTING } }
  app.get<{ Params: TenantPath; Querystring: Listing }>(PATH, list, async ({ params, query }) => {
    await requireTenant(deps, params.tenant_id)
    const page = { orderBy: 'created_at', direction: 'desc', ...query } as const
    const { items, total } = await deps.store.find(INVITATIONS, params.tenant_id, page)
    const data = items.map((invitation) => shownInvitation(invitation, deps.now()))
    return { data, has_next: query.offset + items.length < total, total_count: total }
  })

  const create = { ...WRITE, schema: { body: BODY } }
  app.post<{ Params: TenantPath; Body: InvitationInput }>(PATH, create, async ({ params, body }, reply) => {
    const invitation = await invite(deps, await requireTenant(deps, params.tenant_id), body)
    return reply.code(201).send(shownInvitation(invitation, deps.now()))
  })

  app.get<{ Params: InvitationPath }>(`${PATH}/:invitation_id`, READ, async ({ params }) => {
    await requireTenant(deps, params.tenant_id)
    return shownInvitation(await requireInvitation(deps, params.tenant_id, params.invitation_id), deps.now())
  })

  app.post<{ Params: InvitationPath }>(`${PATH}/:invitation_id/resend`, WRITE, async ({ params }, reply) => {
    await resend(deps, await requireTenant(deps, params.tenant_id), params.invitation_id)
    return answerNull(reply, 200)
  })

  app.delete<{ Params: InvitationPath }>(`${PATH}/:invitation_id`, WRITE, async ({ params }, reply) => {
    await requireTenant(deps, params.tenant_id)
    if (!(await revoke(deps, params.tenant_id, params.invitation_id)))
      throw new PlumblineError('NOT_FOUND', 'there is no such invitation; it may have been accepted')
    return reply.code(204).send()
  })
}
