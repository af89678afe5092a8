import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { type Authenticator, authenticatorOf } from '../directory/authenticators.ts'
import { beginAuthenticator, confirmAuthenticator } from '../factors/totp/enrolment.ts'
import { removeOwnAuthenticator, renewRecoveryCodes } from '../factors/totp/own-authenticator.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { attempted } from './attempt.ts'
import { recoveryView, setUpView } from './authenticator-parts.ts'
import { dateText, form, link, links, sent } from './form-parts.ts'
import { removeDevice } from './remove-device.ts'
import { type OwnPage, openOwn, requireOwnPage } from './signed-in.ts'

const PATH = '/account/authenticator'

/** The authenticator app of a person: set up, new recovery codes, remove. Forms that need no script. */
export async function accountAuthenticator(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, PATH, (scope) => {
    scope.get('', async (request, reply) => {
      const page = await openOwn(deps, request, reply, 'authenticator')
      return page ? send(deps, reply, page) : reply
    })

    scope.post('', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      const { say } = page.site
      const outcome = await attempted(say, () => confirmAuthenticator(deps, enrollingAt(page), sent(request, 'code')))
      if (outcome.fault) return send(deps, reply.code(outcome.fault.status), page, say('error.totp'))
      return sendCodes(reply, page, outcome.result)
    })

    scope.post('/codes', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      return sendCodes(reply, page, await renewRecoveryCodes(deps, page.person.user))
    })

    scope.post('/remove', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      return removeDevice(reply, page, {
        remove: () => removeOwnAuthenticator(deps, page.tenant, page.person.user),
        notice: 'authenticator_removed',
        again: (answer, problem) => send(deps, answer, page, problem),
      })
    })
  })
}

const enrollingAt = ({ tenant, person }: OwnPage) => ({ tenant, user: person.user, place: person.sessionId })

const back = ({ to, site }: OwnPage) => links(link(to('/account'), site.say('common.back')))

async function send(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  reply: FastifyReply,
  page: OwnPage,
  problem?: string,
): Promise<FastifyReply> {
  const own = await authenticatorOf(deps.store, page.person.user)
  if (own) return sendState(reply, page, own, problem)
  const { say } = page.site
  const app = await beginAuthenticator(deps, enrollingAt(page))
  const view = setUpView(say, { action: page.to(PATH), csrf: page.csrf, app, invalid: problem !== undefined })
  const content = html`${view}${back(page)}`
  return sendPage(reply, page.site, { title: say('totp.title'), lead: say('totp.scan'), content, problem })
}

function sendState(
  reply: FastifyReply,
  page: OwnPage,
  { created_at, recovery }: Authenticator,
  problem?: string,
): FastifyReply {
  const { site, csrf, to } = page
  const { say } = site
  const since = say('account.totp.since', { date: dateText(say, 'account.totp.since', created_at) })
  const content = html`<p>${since} ${say('account.totp.left', { count: recovery.length })}</p>
${form(to(`${PATH}/codes`), csrf, html`<button type="submit" class="second">${say('account.totp.renew')}</button>`)}
${form(to(`${PATH}/remove`), csrf, html`<button type="submit" class="plain">${say('account.totp.remove')}</button>`)}
${back(page)}`
  return sendPage(reply, site, { title: say('account.totp'), content, problem })
}

function sendCodes(reply: FastifyReply, page: OwnPage, codes: readonly string[]): FastifyReply {
  const { say } = page.site
  const content = html`${recoveryView(say, codes)}${back(page)}`
  return sendPage(reply, page.site, { title: say('totp.recovery.title'), content })
}
