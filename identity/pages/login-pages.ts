import type { FastifyInstance, FastifyReply } from 'fastify'
import { type Html, html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import type { TextKey } from '../frame/texts.ts'
import { tokenInHint } from '../login/action-hint.ts'
import { mountOf } from '../oidc/issuer.ts'
import { asked, link, links, sent, USERNAME_CHARACTERS } from './form-parts.ts'
import { secretForm } from './secret-form.ts'
import type { SignInMethod } from './sign-in-methods.ts'
import { fromElsewhere, sendStart } from './start-page.ts'
import { negotiate, type TicketParts, unaskedProvider } from './ticket-visit.ts'
import { cancelLink, rememberedName, rememberName, type WaitingPage, waitingLogin } from './waiting-login.ts'

/** The sign-in: who, then how. */
export async function loginPages(app: FastifyInstance, deps: TicketParts): Promise<void> {
  await pageScope(app, deps, '/login', (scope) => {
    scope.get('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const elsewhere = elsewhereOf(page)
      if (elsewhere !== undefined) return reply.redirect(elsewhere, 303)
      const hint = page.pending.loginHint
      const hasToken = tokenInHint(hint) !== undefined
      if (hasToken && asked(request, 'other') === '') return reply.redirect(page.to('/login/token'), 303)
      const username = (await rememberedName(deps, page)) ?? (hasToken ? undefined : hint)
      const notice = NOTICES[asked(request, 'notice')]
      const start = { username, notice, ...(await fromElsewhere(deps, page, request.ip)) }
      const provider = unaskedProvider(request, page, start)
      return provider ? negotiate(deps, request, reply, { page, provider }, start) : sendStart(reply, page, start)
    })

    scope.post('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const username = sent(request, 'username')
      const [method] = page.offers.methods
      if (username === '' || username.length > USERNAME_CHARACTERS || method === undefined)
        return sendStart(reply.code(422), page, {
          username,
          problem: page.site.say('error.username'),
          isNameWrong: true,
          ...(await fromElsewhere(deps, page, request.ip)),
        })
      await rememberName(deps, page, username)
      return reply.redirect(page.to(PATHS[method]), 303)
    })

    scope.get('/secret', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const username = await rememberedName(deps, page)
      if (username === undefined) return reply.redirect(page.to('/login'), 303)
      return sendSecret(reply, page, username)
    })
  })
}

/** Where each way to sign in has its page. */
const PATHS: Readonly<Record<SignInMethod, string>> = {
  secret: '/login/secret',
  password: '/login/password',
  code: '/login/code',
  text: '/login/text',
  letter: '/login/letter',
}

/** What a page of ours may let the sign-in page say. */
const NOTICES: Readonly<Record<string, TextKey>> = {
  signed_up: 'login.notice.signed_up',
  signed_up_confirm: 'login.notice.signed_up_confirm',
  reset: 'login.notice.reset',
}

/** The login page of the organization, where its settings name one in place of ours. */
function elsewhereOf({ site, handle, tenant }: WaitingPage): string | undefined {
  const url = URL.parse(site.policy?.page.loginUrl.value ?? '')
  url?.searchParams.set('auth_req_id', handle)
  url?.searchParams.set('tenant_id', tenant.tenant_id)
  return url?.href
}

/** Who is signing in, with the way back. */
export const personLine = ({ site, to }: WaitingPage, username: string): Html =>
  html`<p class="person"><strong>${username}</strong> ${link(to('/login'), site.say('common.not_you'))}</p>`

/** The other ways to sign in. */
export function otherMethods({ site, tenant, offers, to }: WaitingPage, current: SignInMethod): readonly Html[] {
  const labels: Readonly<Record<SignInMethod, TextKey>> = {
    secret: secretLabel(tenant.login_order),
    password: 'method.password',
    code: 'method.code',
    text: 'method.text',
    letter: 'method.letter',
  }
  return offers.methods.filter((m) => m !== current).map((m) => link(to(PATHS[m]), site.say(labels[m])))
}

/** What the sign-in with a PIN, a pattern or both is called. */
export const secretLabel = (order: readonly string[]): TextKey => {
  if (order.length > 1) return 'method.secret'
  return order[0] === 'PIN' ? 'method.pin' : 'method.pattern'
}

function sendSecret(reply: FastifyReply, page: WaitingPage, username: string): FastifyReply {
  const { site, tenant, csrf, handle, to } = page
  const { say } = site
  const entry = secretForm(say, tenant, {
    mode: 'login',
    csrf,
    next: `${mountOf(tenant.tenant_id)}/complete`,
    submit: say('secret.submit'),
    facts: { username, authReqId: handle, second: to('/login/second') },
  })
  const content = html`${personLine(page, username)}${entry}${links(
    ...otherMethods(page, 'secret'),
    page.offers.reset && link(to('/reset'), say('login.reset')),
    cancelLink(page),
  )}`
  return sendPage(reply, site, { title: say('secret.title'), content, script: 'secret' })
}
