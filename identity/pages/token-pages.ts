import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { signInAs } from '../federation/sign-in.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { hintOfToken } from '../login/action-hint.ts'
import { type Stranger, strangerOf } from '../login/coupling.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import type { GoodToken } from '../people/action-tokens.ts'
import { coupleByToken, requireActionToken, signInWithToken } from '../people/use-action-token.ts'
import { attempted } from './attempt.ts'
import { finishLogin } from './finish-login.ts'
import { asked, form, link, links, submit } from './form-parts.ts'
import { plainPage } from './plain-page.ts'
import { offeredProviders, providerButtons } from './provider-buttons.ts'
import { accountRequest, targetState } from './signed-in.ts'
import { cancelLink, type WaitingPage, waitingLogin } from './waiting-login.ts'

/**
 * Where the link with an action token leads, and the step of the login that uses it. The button spends the token: scanners of mail open links,
 * and nobody is signed in to an account that another page chose without reading whose it is.
 */
export async function tokenPages(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, '/token', (scope) => {
    scope.get('', { config: PUBLIC_RATE }, async (request, reply) => {
      const { tenant } = await plainPage(deps, request, reply)
      const hint = { prompt: 'login', login_hint: hintOfToken(asked(request, 'token')) }
      const state = targetState(asked(request, 'target_url'))
      return reply.redirect(accountRequest(deps, tenant.tenant_id, state, hint), 303)
    })
  })

  await pageScope(app, deps, '/login/token', (scope) => {
    scope.get('', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const outcome = await attempted(page.site.say, () => requireActionToken(deps, page.login))
      if (outcome.fault) return sendProblem(reply.code(outcome.fault.status), page)
      const good = outcome.result
      return good.token.kind === 'coupling'
        ? sendCoupling(deps, reply, page, good, request.ip)
        : sendConfirmation(reply, page, good)
    })

    scope.post('', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const outcome = await attempted(page.site.say, () => signInWithToken(deps, page.login))
      return outcome.fault
        ? sendProblem(reply.code(outcome.fault.status), page)
        : finishLogin(reply, page, outcome.result)
    })

    scope.post('/couple', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const outcome = await attempted(page.site.say, () => couple(deps, page, request.ip))
      return outcome.fault
        ? sendProblem(reply.code(outcome.fault.status), page)
        : finishLogin(reply, page, outcome.result)
    })
  })
}

async function couple(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  page: WaitingPage,
  ip: string,
) {
  const stranger = await strangerOf(deps.store, page.login)
  const user = await coupleByToken(deps, page.login)
  const provider = offeredProviders(deps, page, ip).find(({ id }) => id === stranger?.method_id)
  if (provider === undefined) throw new Error('the login method of a stranger is offered')
  return signInAs(deps, page.login, provider, user)
}

function sendConfirmation(reply: FastifyReply, page: WaitingPage, { user }: GoodToken): FastifyReply {
  const { site, csrf, to } = page
  const { say } = site
  const { username } = user
  const content = html`${form(to('/login/token'), csrf, html`<p>${say('token.intro', { username })}</p>${submit(say('token.submit', { username }))}`)}
${otherWays(page)}`
  return sendPage(reply, site, { title: say('login.title', { site: site.title }), content })
}

/** First the way to the other provider, then, back from there, the question. */
async function sendCoupling(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  reply: FastifyReply,
  page: WaitingPage,
  { user: { username } }: GoodToken,
  ip: string,
): Promise<FastifyReply> {
  const { site, csrf, to } = page
  const { say } = site
  const stranger = await strangerOf(deps.store, page.login)
  const providers = offeredProviders(deps, page, ip)
  const nameOf = ({ method_id }: Stranger) => providers.find(({ id }) => id === method_id)?.name ?? ''
  const content = stranger
    ? form(
        to('/login/token/couple'),
        csrf,
        html`<p>${say('token.couple', { username, label: stranger.label, provider: nameOf(stranger) })}</p>${submit(say('token.couple_submit'))}`,
      )
    : html`<p>${say('token.choose', { username })}</p><div class="stack">${providerButtons(say, page, providers)}</div>`
  return sendPage(reply, site, { title: say('token.couple_title'), content: html`${content}${otherWays(page)}` })
}

const sendProblem = (reply: FastifyReply, page: WaitingPage): FastifyReply => {
  const { say, title } = page.site
  const view = { title: say('login.title', { site: title }), problem: say('error.refused_token') }
  return sendPage(reply, page.site, { ...view, content: otherWays(page) })
}

const otherWays = (page: WaitingPage) =>
  links(link(page.to('/login', { other: '1' }), page.site.say('provider.other_way')), cancelLink(page))
