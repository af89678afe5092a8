import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { type Asking, askBrowsers, type PushApproval, pushApprovalOf } from '../factors/push/approvals.ts'
import { confirmWithPush } from '../factors/push/sign-in.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import type { TextKey } from '../frame/texts.ts'
import { factorsOf } from '../login/factors.ts'
import { attempted } from './attempt.ts'
import { finishLogin } from './finish-login.ts'
import { form, links, refusal, submit } from './form-parts.ts'
import { openSecond, otherWays, type SecondPage } from './second-page.ts'
import { cancelLink } from './waiting-login.ts'

const PATH = '/login/push'

/** The second step by approval in a browser that is set up for it. Forms that need no script. */
export async function pushPage(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, PATH, (scope) => {
    scope.get('', async (request, reply) => {
      const second = await openPush(deps, request, reply)
      if (second === undefined) return reply
      const approval = await approvalIn(deps, second)
      return approval?.state === 'waits' ? sendNumber(reply, second, approval) : sendIntro(reply, second)
    })

    scope.post('', async (request, reply) => {
      const second = await openPush(deps, request, reply)
      if (second === undefined) return reply
      const waiting = await approvalIn(deps, second)
      const asking = waiting?.state === 'waits' ? 'asked' : await ask(deps, second, request)
      const approval = await approvalIn(deps, second)
      if (asking === 'asked' && approval !== undefined) return sendNumber(reply, second, approval)
      const { status, text } = PROBLEMS[asking]
      return sendIntro(reply.code(status), second, second.page.site.say(text))
    })

    scope.post('/done', async (request, reply) => {
      const second = await openPush(deps, request, reply)
      if (second === undefined) return reply
      const { page } = second
      const { say } = page.site
      const approval = await approvalIn(deps, second)
      if (approval?.state === 'waits') return sendNumber(reply, second, approval, say('push.waits'))
      if (approval?.state !== 'approved') return sendIntro(reply.code(401), second, say('push.refused'))
      const [first] = await factorsOf(deps, page.login)
      const outcome = await attempted(say, async () => {
        if (first === undefined) throw refusal(401, 'error.expired')
        return confirmWithPush(deps, page.login, request, first)
      })
      if (outcome.fault === undefined) return finishLogin(reply, page, outcome.result)
      return sendIntro(reply.code(outcome.fault.status), second, outcome.problem)
    })
  })
}

const PROBLEMS: Readonly<Record<Asking, { readonly status: number; readonly text: TextKey }>> = {
  asked: { status: 401, text: 'push.refused' },
  busy: { status: 429, text: 'push.busy' },
  unreachable: { status: 503, text: 'push.unreachable' },
}

/** The step, where such an approval completes the login; else sends the browser to what does. */
async function openPush(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SecondPage | undefined> {
  const second = await openSecond(deps, request, reply)
  if (second === undefined || second.candidates.includes('push')) return second
  await reply.redirect(second.page.to('/login/second'), 303)
  return undefined
}

const approvalIn = (deps: Pick<Deps, 'store'>, { page }: SecondPage): Promise<PushApproval | undefined> =>
  pushApprovalOf(deps, page.tenant.tenant_id, page.login.authReqId)

const ask = (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'outsideFetch' | 'auditLog'>,
  { page, user }: SecondPage,
  request: FastifyRequest,
): Promise<Asking> => {
  const { site, tenant, login } = page
  const path = `/${tenant.tenant_id}/push/approve`
  return askBrowsers(deps, login, user, request, (token) => ({
    title: `${site.title}: ${site.say('push.notification')}`,
    body: site.say('push.notification.body'),
    url: `${path}?${new URLSearchParams({ login: login.authReqId, token })}`,
  }))
}

function sendIntro(reply: FastifyReply, second: SecondPage, problem?: string): FastifyReply {
  const { site, csrf, to } = second.page
  const { say } = site
  const content = html`${form(to(PATH), csrf, submit(say('push.send')))}
${links(...otherWays(second, 'push'), cancelLink(second.page))}`
  return sendPage(reply, site, { title: say('push.title'), lead: say('push.intro'), content, problem })
}

function sendNumber(reply: FastifyReply, second: SecondPage, { number }: PushApproval, problem?: string): FastifyReply {
  const { site, csrf, to } = second.page
  const { say } = site
  const content = html`<p><strong>${say('push.number', { number })}</strong></p>
${form(to(`${PATH}/done`), csrf, submit(say('push.done')))}
${links(...otherWays(second, 'push'), cancelLink(second.page))}`
  return sendPage(reply, site, { title: say('push.title'), content, problem })
}
