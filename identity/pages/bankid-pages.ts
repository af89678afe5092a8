import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { renderSVG } from 'uqr'
import type { Deps } from '../deps.ts'
import type { TenantPath } from '../directory/tenants.ts'
import {
  beginOrder,
  endOrder,
  isShownHere,
  lookAtOrder,
  noteReturn,
  type Order,
  orderOf,
  takeArrival,
  type Way,
} from '../federation/bankid/orders.ts'
import { pictureText } from '../federation/bankid/picture.ts'
import { isBankId } from '../federation/bankid/settings.ts'
import { meet } from '../federation/meet.ts'
import { wrongAnswer } from '../federation/problems.ts'
import { pageScope } from '../frame/page-scope.ts'
import { isHandheld } from '../login/device.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { refused } from '../login/refusal.ts'
import { pageAddress, publicUrlOf } from '../platform/http/public-url.ts'
import { pathOf, sendFailure, sendOrder, stateText } from './bankid-view.ts'
import { asked, refusal } from './form-parts.ts'
import type { Visit } from './provider-buttons.ts'
import { conclude, sendProblem, tried, visitOf } from './provider-visit.ts'
import { waitingLogin } from './waiting-login.ts'

interface Path {
  Params: TenantPath & { readonly method: string }
}
type Of = FastifyRequest<Path>

/** Signing in with BankID. The app has the order of one login in one browser; the page follows what becomes of it. */
export async function bankIdPages(app: FastifyInstance, deps: Deps): Promise<void> {
  const rated = { config: PUBLIC_RATE }
  await pageScope(app, deps, '/login/bankid', (scope) => {
    scope.get<Path>('/:method', rated, async (request, reply) => {
      const visit = await bankIdVisit(deps, request, reply)
      const known = await orderOf(deps, visit.page.login, visit.provider)
      const way = wayOf(request, known)
      return known?.way === way ? settle(deps, request, reply, visit) : begin(deps, request, reply, visit, way)
    })

    scope.post<Path>('/:method', async (request, reply) =>
      settle(deps, request, reply, await bankIdVisit(deps, request, reply)),
    )

    scope.post<Path>('/:method/again', rated, async (request, reply) => {
      const visit = await bankIdVisit(deps, request, reply)
      return begin(deps, request, reply, visit, wayOf(request, undefined))
    })

    scope.get<Path>('/:method/return', rated, async (request, reply) => {
      const visit = await bankIdVisit(deps, request, reply)
      if (!(await noteReturn(deps, visit.page.login, visit.provider, asked(request, 'nonce'))))
        throw refusal(401, 'error.expired')
      return settle(deps, request, reply, visit)
    })

    scope.get<Path>('/:method/leave', rated, async (request, reply) => {
      const { page, provider } = await bankIdVisit(deps, request, reply)
      await endOrder(deps, page.login, provider)
      return reply.redirect(page.to('/login'), 303)
    })

    followRoutes(scope, deps)
  })
}

/** What the page asks for while it waits: the picture as it is now, and what has become of the order. */
function followRoutes(scope: FastifyInstance, deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'outsidePost'>): void {
  scope.get<Path>('/:method/picture', async (request, reply) => {
    const { page, provider } = await bankIdVisit(deps, request, reply)
    const order = await orderOf(deps, page.login, provider)
    if (order?.way !== 'picture') throw refusal(404, 'error.not_found')
    const { started, milliseconds } = order
    reply.type('image/svg+xml').header('content-security-policy', "default-src 'none'")
    return reply.send(renderSVG(pictureText(started, milliseconds)))
  })

  scope.get<Path>('/:method/state', async (request, reply) => {
    const { page, provider } = await bankIdVisit(deps, request, reply)
    const order = await lookAtOrder(deps, page.login, provider)
    if (order === undefined) throw refusal(404, 'error.not_found')
    const waits = order.status === 'pending' || (order.status === 'complete' && !isShownHere(order))
    return reply.send({ waits, text: stateText(page.site.say, order) })
  })
}

async function bankIdVisit(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  request: Of,
  reply: FastifyReply,
): Promise<Visit> {
  const visit = visitOf(deps, await waitingLogin(deps, request, reply), request.params.method, request.ip)
  if (!isBankId(visit.provider)) throw refusal(404, 'error.not_found')
  return visit
}

/** As the address says, else as it was before, else by the device: a telephone cannot scan itself. */
function wayOf(request: Of, known: Order | undefined): Way {
  const way = asked(request, 'way')
  if (way === 'picture' || way === 'device') return way
  return known?.way ?? (isHandheld(request.headers) ? 'device' : 'picture')
}

const USER_AGENT_CHARACTERS = 256

async function begin(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'outsidePost' | 'auditLog'>,
  request: Of,
  reply: FastifyReply,
  visit: Visit,
  way: Way,
): Promise<FastifyReply> {
  const { page, provider } = visit
  const { tenant, login, handle, site } = page
  const outcome = await tried(deps, visit, () =>
    beginOrder(deps, login, provider, {
      way,
      ip: request.ip,
      purpose: site.say('login.title', { site: site.title }),
      returnUrl: (nonce) =>
        pageAddress(deps, tenant.tenant_id, `/login/bankid/${provider.id}/return`, { auth_req_id: handle, nonce }),
      web: {
        referringDomain: new URL(publicUrlOf(deps)).hostname,
        userAgent: String(request.headers['user-agent'] ?? 'unknown').slice(0, USER_AGENT_CHARACTERS),
        // One for each browser, by its cookie.
        deviceIdentifier: createHash('sha256').update(page.csrf).digest('hex'),
      },
    }),
  )
  if (outcome.fault) return sendProblem(reply, visit, outcome)
  return sendOrder(reply, visit, outcome.result, isHandheld(request.headers))
}

/** Goes on by what has become of the order. */
async function settle(
  deps: Pick<
    Deps,
    'store' | 'now' | 'masterKey' | 'outsidePost' | 'jobBell' | 'auditLog' | 'mailer' | 'passwordHashing'
  >,
  request: Of,
  reply: FastifyReply,
  visit: Visit,
): Promise<FastifyReply> {
  const { page, provider } = visit
  const outcome = await tried(deps, visit, () => lookAtOrder(deps, page.login, provider))
  if (outcome.fault) return sendProblem(reply, visit, outcome)
  const order = outcome.result
  if (order === undefined) return reply.redirect(pathOf(visit), 303)
  if (order.status === 'failed') return fail(deps, reply, visit, order)
  if (order.status === 'pending' || !isShownHere(order))
    return sendOrder(reply, visit, order, isHandheld(request.headers))
  return conclude(reply, deps, visit, async () => {
    const arrival = await takeArrival(deps, page.login, provider)
    if (arrival === undefined) throw refused('the order was used already')
    return meet(deps, page.login, provider, arrival)
  })
}

/** Told once; why is in the audit log as well. */
async function fail(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'outsidePost' | 'auditLog'>,
  reply: FastifyReply,
  visit: Visit,
  order: Order,
): Promise<FastifyReply> {
  await endOrder(deps, visit.page.login, visit.provider)
  await tried(deps, visit, async () => {
    throw wrongAnswer(`BankID says ${order.hint.slice(0, 32) || 'nothing'}`)
  })
  return sendFailure(reply, visit, order)
}
