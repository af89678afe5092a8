import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { CLIENTS } from '../directory/clients.ts'
import { answerApproval, askedApproval, type PushApproval } from '../factors/push/approvals.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage, tenantIn } from '../frame/page-scope.ts'
import { applicationName } from '../frame/site.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { deviceText } from './account-view.ts'
import { asked, field, form, link, links, sent } from './form-parts.ts'
import { type PlainPage, plainPage } from './plain-page.ts'

const NUMBER = /^\d{2}$/
const NUMBER_CHARACTERS = 2
const PATH = '/push/approve'

/**
 * Where the message of a browser leads. Nobody has to be signed in: only that browser can read the message, and what it holds is good once.
 * The number shows that whoever approves sees the login.
 */
export async function pushApprovePage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog'>,
): Promise<void> {
  await pageScope(app, deps, '/push', (scope) => {
    scope.get('/approve', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = await plainPage(deps, request, reply)
      const message = { login: asked(request, 'login'), token: asked(request, 'token') }
      const approval = await askedApproval(deps, tenantIn(request), message)
      if (approval === undefined) return sendGone(reply.code(404), page)
      const client = await clientName(deps, approval, page)
      return sendQuestion(reply, page, approval, { token: message.token, client })
    })

    scope.post('/approve', async (request, reply) => {
      const page = await plainPage(deps, request, reply)
      const { say } = page.site
      const message = { login: sent(request, 'login'), token: sent(request, 'token') }
      const isDenied = sent(request, 'decision') !== 'approve'
      const number = sent(request, 'number')
      const approval = await askedApproval(deps, tenantIn(request), message)
      if (approval && !isDenied && !NUMBER.test(number)) {
        const client = await clientName(deps, approval, page)
        return sendQuestion(reply.code(422), page, approval, {
          token: message.token,
          client,
          problem: say('error.code'),
        })
      }
      const answer = isDenied ? undefined : Number(number)
      const state = await answerApproval(deps, tenantIn(request), message, answer)
      if (state === undefined) return sendGone(reply.code(409), page)
      const notice = say(state === 'approved' ? 'approve.done' : 'push.denied')
      const content = links(link(`/${tenantIn(request)}/account`, say('account.title')))
      return sendPage(reply, page.site, { title: say('approve.title'), notice, content })
    })
  })
}

async function clientName(
  { store }: Pick<Deps, 'store'>,
  { client_id }: PushApproval,
  { tenant }: PlainPage,
): Promise<string> {
  const client = await store.get(CLIENTS, tenant.tenant_id, client_id)
  return client === undefined ? client_id : applicationName(client)
}

interface Question {
  readonly token: string
  readonly client: string
  readonly problem?: string
}

function sendQuestion(
  reply: FastifyReply,
  { site, csrf }: PlainPage,
  { id, ip, device }: PushApproval,
  { token, client, problem }: Question,
): FastifyReply {
  const { say, base } = site
  const number = field({
    name: 'number',
    label: say('push.label'),
    autocomplete: 'off',
    maxlength: NUMBER_CHARACTERS,
    digits: true,
    optional: true,
    first: true,
    invalid: problem !== undefined,
  })
  const fields = html`<input type="hidden" name="login" value="${id}"><input type="hidden" name="token" value="${token}">
${number}<button type="submit" class="main" name="decision" value="approve">${say('push.approve')}</button>
<button type="submit" class="second" name="decision" value="deny">${say('push.deny')}</button>`
  const content = html`<p>${say('approve.who', { client, device: deviceText(say, device), address: ip })}</p>
<p class="hint">${say('push.warning')}</p>${form(`${base}${PATH}`, csrf, fields)}`
  return sendPage(reply, site, { title: say('approve.title'), content, problem })
}

const sendGone = (reply: FastifyReply, { site: { say }, site }: PlainPage): FastifyReply =>
  sendPage(reply, site, { title: say('approve.title'), problem: say('push.gone'), content: html`` })
