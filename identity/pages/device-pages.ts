import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { renderSVG } from 'uqr'
import type { Deps } from '../deps.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { USERS } from '../directory/users.ts'
import { isDevicePairing, type PairingRules, pairingRules } from '../federation/device-pairing.ts'
import { federatedLogins } from '../federation/methods.ts'
import { signInAs } from '../federation/sign-in.ts'
import { type Html, html, markup } from '../frame/html.ts'
import { pageScope, sendPage, tenantIn } from '../frame/page-scope.ts'
import { applicationName, httpsOf } from '../frame/site.ts'
import type { Say } from '../frame/texts.ts'
import { isHandheld } from '../login/device.ts'
import {
  approvalOf,
  approveLogin,
  askForApproval,
  type DeviceApproval,
  takeApproval,
} from '../login/device-approvals.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { refused } from '../login/refusal.ts'
import { pageAddress } from '../platform/http/public-url.ts'
import { deviceText } from './account-view.ts'
import { attempted } from './attempt.ts'
import { finishLogin } from './finish-login.ts'
import { asked, form, link, links, refusal, sent, submit } from './form-parts.ts'
import { offeredProviders, type Visit } from './provider-buttons.ts'
import { isRecent, type OwnPage, openOwn, requireOwnPage } from './signed-in.ts'
import { cancelLink, waitingLogin } from './waiting-login.ts'

interface Path {
  Params: TenantPath & { readonly method: string }
}

/** Signing in by a device that is signed in already: a QR picture here, a number to pick there. No script. */
export async function devicePages(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, '/login/device', (scope) => {
    scope.get<Path>('/:method', { config: PUBLIC_RATE }, async (request, reply) =>
      sendPicture(deps, request, reply, await visitOf(deps, request, reply)),
    )

    scope.post<Path>('/:method', async (request, reply) => {
      const visit = await visitOf(deps, request, reply)
      const { page, provider } = visit
      const approval = await takeApproval(deps, page.login)
      if (approval === undefined || approval.method_id !== provider.id)
        return sendPicture(deps, request, reply, visit, page.site.say('device_login.waits'))
      const user = await deps.store.get(USERS, page.tenant.tenant_id, approval.user_id)
      const outcome = await attempted(page.site.say, () => {
        if (user === undefined) throw refused()
        return signInAs(deps, page.login, provider, user)
      })
      if (outcome.fault === undefined) return finishLogin(reply, page, outcome.result)
      return sendPicture(deps, request, reply.code(outcome.fault.status), visit, outcome.problem)
    })
  })
  await pageScope(app, deps, '/account/approve', (scope) => approveRoutes(scope, deps))
}

async function visitOf(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  request: FastifyRequest<Path>,
  reply: FastifyReply,
): Promise<Visit> {
  const page = await waitingLogin(deps, request, reply)
  const offered = offeredProviders(deps, page, request.ip).filter(isDevicePairing)
  const provider = offered.find(({ id }) => id === request.params.method)
  if (provider === undefined) throw refusal(403, 'error.forbidden')
  return { page, provider }
}

async function sendPicture(
  deps: Pick<Deps, 'store' | 'publicUrl'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { page, provider }: Visit,
  problem?: string,
): Promise<FastifyReply> {
  const { site, tenant, login, to, csrf } = page
  const { say } = site
  const known = await approvalOf(deps, tenant.tenant_id, login.authReqId)
  const isAsked = known?.method_id === provider.id
  const { number } = isAsked ? known : await askForApproval(deps, login, provider.id, request)
  const rules = pairingRules(provider)
  const address = pageAddress(deps, tenant.tenant_id, '/account/approve', { login: login.authReqId })
  const isLink = rules.hasLink && isHandheld(request.headers)
  const way = isLink
    ? link(address, say('device_login.open'))
    : html`<div class="qr" role="img" aria-label="${say('device_login.picture')}">${markup(renderSVG(address))}</div>`
  const content = html`
${way}
<p>${say('device_login.number', { number })}</p>
${form(to(`/login/device/${provider.id}`), csrf, submit(say('device_login.done')))}
${links(...appLinks(say, rules.apps), link(to('/login'), say('provider.other_way')), cancelLink(page))}`
  const title = say('provider.title', { provider: provider.name })
  const lead = say(isLink ? 'device_login.follow' : 'device_login.scan')
  return sendPage(reply, site, { title, lead, content, problem })
}

function appLinks(say: Say, { android, ios }: PairingRules['apps']): readonly (Html | undefined)[] {
  const [play, store] = [httpsOf(android), httpsOf(ios)]
  return [play && link(play, say('device_login.android')), store && link(store, say('device_login.ios'))].map(
    (own) => own || undefined,
  )
}

/** How the login method of a waiting login wants it to be approved. */
async function rulesOf(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  tenant: string,
  id: string,
): Promise<PairingRules | undefined> {
  const approval = await approvalOf(deps, tenant, id)
  const logins = approval === undefined ? [] : await federatedLogins(deps, tenant)
  const provider = logins.find((login) => login.id === approval?.method_id)
  return provider && pairingRules(provider)
}

function approveRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'providers'>,
): void {
  scope.get('', async (request, reply) => {
    const rules = await rulesOf(deps, tenantIn(request), asked(request, 'login'))
    const page = await openOwn(deps, request, reply, rules?.isFresh ? 'approveFresh' : 'approve')
    if (page === undefined) return reply
    const approval = await approvalOf(deps, page.person.tenant, asked(request, 'login'))
    return approval?.user_id === '' ? sendChoice(reply, page, approval) : sendNothing(reply.code(404), page)
  })

  scope.post('', async (request, reply) => {
    const page = await requireOwnPage(deps, request, reply, 'dashboard')
    const who = { tenant: page.person.tenant, userId: page.person.user.user_id }
    const rules = await rulesOf(deps, who.tenant, sent(request, 'login'))
    if (rules?.isFresh && !isRecent(deps, page.person)) throw refusal(401, 'error.signed_out')
    if (!(await approveLogin(deps, who, sent(request, 'login'), Number(sent(request, 'number')))))
      return sendNothing(reply.code(409), page)
    const { say } = page.site
    const returnTo = httpsOf(rules?.returnTo)
    const way =
      returnTo === undefined ? link(page.to('/account'), say('common.back')) : link(returnTo, say('approve.return'))
    const content = links(way)
    return sendPage(reply, page.site, { title: say('approve.title'), notice: say('approve.done'), content })
  })
}

const sendNothing = (reply: FastifyReply, { site, to }: OwnPage): FastifyReply =>
  sendPage(reply, site, {
    title: site.say('approve.title'),
    problem: site.say('approve.gone'),
    content: links(link(to('/account'), site.say('common.back'))),
  })

/** Who asks, from where, and the numbers to pick from: whoever only follows a link does not know which one. */
function sendChoice(reply: FastifyReply, { site, csrf, to }: OwnPage, approval: DeviceApproval): FastifyReply {
  const { say, client } = site
  const { id, choices, ip, device, client_id } = approval
  const name = client?.client_id === client_id ? applicationName(client) : client_id
  const shown = deviceText(say, device)
  const numbers = choices.map(
    (number) => html`<button type="submit" class="second" name="number" value="${number}">${number}</button>`,
  )
  const content = html`<p>${say('approve.who', { client: name, device: shown, address: ip })}</p>
<p class="hint">${say('approve.warning')}</p>
${form(to('/account/approve'), csrf, html`<input type="hidden" name="login" value="${id}">${numbers}`)}
${links(link(to('/account'), say('common.cancel')))}`
  return sendPage(reply, site, { title: say('approve.title'), lead: say('approve.pick'), content })
}
