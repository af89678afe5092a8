import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { sendCode, signInWithCode } from '../factors/otp/sign-in.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { attempted } from './attempt.ts'
import { finishLogin } from './finish-login.ts'
import { asked, CODE_CHARACTERS, field, form, links, sent, submit } from './form-parts.ts'
import { cancelLink, otherMethods, personLine } from './login-pages.ts'
import { rememberedName, type WaitingPage, waitingLogin } from './waiting-login.ts'

/** Sign-in with a mailed code: forms that need no script. */
export async function codePage(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, '/login/code', (scope) => {
    scope.get('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const username = await rememberedName(deps, page)
      if (username === undefined) return reply.redirect(page.to('/login'), 303)
      return asked(request, 'sent') === '' ? sendAsking(reply, page, username) : sendEntry(reply, page, username)
    })

    scope.post('/request', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      await sendCode(deps, page.login, (await rememberedName(deps, page)) ?? '')
      return reply.redirect(page.to('/login/code', { sent: '1' }), 303)
    })

    scope.post('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const username = await rememberedName(deps, page)
      if (username === undefined) return reply.redirect(page.to('/login'), 303)
      const answer = { username, code: sent(request, 'code').slice(0, CODE_CHARACTERS) }
      const work = () => signInWithCode(deps, page.login, request, answer)
      const outcome = await attempted(page.site.say, work, 'error.refused_code')
      if (outcome.fault === undefined) return finishLogin(reply, page, outcome.result)
      return sendEntry(reply.code(outcome.fault.status), page, username, outcome.problem)
    })
  })
}

function sendAsking(reply: FastifyReply, page: WaitingPage, username: string): FastifyReply {
  const { site, csrf, to } = page
  const { say } = site
  const content = html`${personLine(page, username)}
${form(to('/login/code/request'), csrf, html`<p>${say('code.intro')}</p>${submit(say('code.send'))}`)}
${links(...otherMethods(page, 'code'), cancelLink(page))}`
  return sendPage(reply, site, { title: say('code.title'), content })
}

function sendEntry(reply: FastifyReply, page: WaitingPage, username: string, problem?: string): FastifyReply {
  const { site, csrf, to } = page
  const { say } = site
  const entry = field({
    name: 'code',
    label: say('code.label'),
    autocomplete: 'one-time-code',
    maxlength: CODE_CHARACTERS,
    digits: true,
    invalid: problem !== undefined,
    first: true,
  })
  const content = html`${personLine(page, username)}
${form(to('/login/code'), csrf, html`${entry}${submit(say('code.submit'))}`)}
${form(to('/login/code/request'), csrf, html`<button type="submit" class="plain">${say('code.again')}</button>`)}
${links(...otherMethods(page, 'code'), cancelLink(page))}`
  return sendPage(reply, site, {
    title: say('code.title'),
    content,
    problem,
    ...(problem ? {} : { notice: say('code.sent') }),
  })
}
