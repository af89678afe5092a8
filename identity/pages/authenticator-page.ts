import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { type AppSecret, beginAuthenticator, confirmAuthenticator, type Enrolling } from '../factors/totp/enrolment.ts'
import { confirmWithAuthenticator } from '../factors/totp/sign-in.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { factorsOf, goOn, noteFactor } from '../login/factors.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { attempted } from './attempt.ts'
import { appCodeField, recoveryView, setUpView } from './authenticator-parts.ts'
import { finishLogin } from './finish-login.ts'
import { CODE_CHARACTERS, form, links, refusal, sent, submit } from './form-parts.ts'
import { openSecond, otherWays, type SecondPage } from './second-page.ts'
import { cancelLink, waitingLogin } from './waiting-login.ts'

/** The second step with an authenticator app: a code of it, or setting it up. Forms that need no script. */
export async function authenticatorPage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
): Promise<void> {
  await pageScope(app, deps, '/login/authenticator', (scope) => {
    scope.get('', async (request, reply) => {
      const second = await openSecond(deps, request, reply)
      return second ? sendCode(reply, second) : reply
    })

    scope.post('', async (request, reply) => {
      const second = await openSecond(deps, request, reply)
      if (second === undefined) return reply
      const { page } = second
      const [first] = await factorsOf(deps, page.login)
      const code = sent(request, 'code').slice(0, CODE_CHARACTERS)
      const outcome = await attempted(page.site.say, async () => {
        if (first === undefined) throw refusal(401, 'error.expired')
        return confirmWithAuthenticator(deps, page.login, request, first, code)
      })
      if (outcome.fault === undefined) return finishLogin(reply, page, outcome.result)
      return sendCode(reply.code(outcome.fault.status), second, outcome.problem)
    })

    setUpRoutes(scope, deps)
  })
}

/** For a person whom nothing that is set up lets complete the login (CIM notes, "Step-up"). */
function setUpRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
): void {
  scope.get('/new', { config: PUBLIC_RATE }, async (request, reply) => {
    const second = await openSecond(deps, request, reply)
    if (second === undefined) return reply
    return sendSetUp(reply, second, await beginAuthenticator(deps, enrollingAt(second)))
  })

  scope.post('/new', async (request, reply) => {
    const second = await openSecond(deps, request, reply)
    if (second === undefined) return reply
    const { page, user } = second
    const { say } = page.site
    const enrolling = enrollingAt(second)
    const outcome = await attempted(say, () => confirmAuthenticator(deps, enrolling, sent(request, 'code')))
    if (outcome.fault !== undefined) {
      const app = await beginAuthenticator(deps, enrolling)
      return sendSetUp(reply.code(outcome.fault.status), second, app, say('error.totp'))
    }
    await noteFactor(deps, page.login, { kind: 'possession', userId: user.user_id, methods: ['totp'] })
    const content = html`${recoveryView(say, outcome.result)}
${form(page.to('/login/authenticator/done'), page.csrf, submit(say('totp.kept')))}`
    return sendPage(reply, page.site, { title: say('totp.recovery.title'), content })
  })

  scope.post('/done', async (request, reply) => {
    const page = await waitingLogin(deps, request, reply)
    const outcome = await attempted(page.site.say, () => goOn(deps, page.login))
    return outcome.fault ? reply.redirect(page.to('/login'), 303) : finishLogin(reply, page, outcome.result)
  })
}

/** Throws Fault 403 for who has something that completes the login. */
function enrollingAt({ page, user, enrollable }: SecondPage): Enrolling {
  if (!enrollable.includes('totp')) throw refusal(403, 'error.forbidden')
  return { tenant: page.tenant, user, place: page.handle }
}

function sendCode(reply: FastifyReply, second: SecondPage, problem?: string): FastifyReply {
  const { site, csrf, to } = second.page
  const { say } = site
  const entry = appCodeField(say, problem !== undefined, say('totp.hint'))
  const content = html`${form(to('/login/authenticator'), csrf, html`${entry}${submit(say('code.submit'))}`)}
${links(...otherWays(second, 'totp'), cancelLink(second.page))}`
  return sendPage(reply, site, { title: say('second.title'), lead: say('totp.intro'), content, problem })
}

function sendSetUp(reply: FastifyReply, { page }: SecondPage, app: AppSecret, problem?: string): FastifyReply {
  const { site, csrf, to } = page
  const { say } = site
  const view = setUpView(say, { action: to('/login/authenticator/new'), csrf, app, invalid: problem !== undefined })
  const content = html`${view}${links(cancelLink(page))}`
  return sendPage(reply, site, { title: say('totp.title'), lead: say('totp.scan'), content, problem })
}
