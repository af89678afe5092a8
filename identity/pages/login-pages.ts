import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import type { FederatedLogin } from '../federation/methods.ts'
import { type Html, html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { applicationName } from '../frame/site.ts'
import type { TextKey } from '../frame/texts.ts'
import { tokenInHint } from '../login/action-hint.ts'
import { type Stranger, strangerOf } from '../login/coupling.ts'
import { mountOf } from '../oidc/issuer.ts'
import { asked, form, link, links, sent, submit, USERNAME_CHARACTERS, usernameField } from './form-parts.ts'
import { passkeyButton } from './passkey-button.ts'
import { offeredProviders, providerButtons } from './provider-buttons.ts'
import { secretForm } from './secret-form.ts'
import type { SignInMethod } from './sign-in-methods.ts'
import { rememberedName, rememberName, type WaitingPage, waitingLogin } from './waiting-login.ts'

/** The sign-in: who, then how. */
export async function loginPages(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
): Promise<void> {
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
      return sendStart(reply, page, { username, notice, ...(await fromElsewhere(deps, page, request.ip)) })
    })

    scope.post('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const username = sent(request, 'username')
      const [method] = page.offers.methods
      if (username === '' || username.length > USERNAME_CHARACTERS || method === undefined)
        return sendStart(reply.code(422), page, {
          username,
          problem: page.site.say('error.username'),
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

/** Logins at other providers, and who came from one and has yet to say who they are here. */
interface FromElsewhere {
  readonly providers: readonly FederatedLogin[]
  readonly stranger: Stranger | undefined
}

const fromElsewhere = async (
  deps: Pick<Deps, 'store' | 'masterKey'>,
  page: WaitingPage,
  ip: string,
): Promise<FromElsewhere> => ({
  providers: await offeredProviders(deps, page, ip),
  stranger: await strangerOf(deps.store, page.login),
})

interface Start extends FromElsewhere {
  readonly username?: string | undefined
  readonly problem?: string
  readonly notice?: TextKey | undefined
}

function sendStart(reply: FastifyReply, page: WaitingPage, start: Start): FastifyReply {
  const { username, problem, notice, providers, stranger } = start
  const { site, tenant, offers, csrf, to } = page
  const { say } = site
  const name = usernameField(say, !tenant.has_username_and_email, {
    value: username,
    invalid: problem !== undefined,
    first: true,
  })
  const byName = offers.methods.length > 0
  const hasOther = offers.passkey || providers.length > 0
  const content = html`
${byName && form(to('/login'), csrf, html`${name}${submit(say('common.continue'))}`)}
${byName && hasOther && html`<p class="or"><span>${say('common.or')}</span></p>`}
<div class="stack">${offers.passkey && signInByPasskey(page)}
${providerButtons(say, page, providers)}</div>
${stranger && strangerNotice(page, providers, stranger)}
${links(
  offers.signUp && link(to('/sign-up'), say('login.sign_up')),
  offers.reset && link(to('/reset'), say('login.reset')),
  site.policy?.reset.nameByText.value === true && link(to('/reset/name'), say('name.link')),
  cancelLink(page),
)}`
  return sendPage(reply, site, {
    title: say('login.title', { site: site.title }),
    lead: leadOf(page),
    content,
    problem,
    notice: notice && say(notice),
    ...(offers.passkey ? { script: 'passkey' } : {}),
  })
}

/** That the next login connects, and the way not to. */
function strangerNotice(
  { site: { say }, to, csrf }: WaitingPage,
  providers: readonly FederatedLogin[],
  stranger: Stranger,
) {
  const provider = providers.find(({ id }) => id === stranger.method_id)?.name ?? ''
  const names = { provider, label: stranger.label }
  return html`<p class="hint">${say('provider.notice', names)}</p>
${form(to('/login/with/first'), csrf, html`<button type="submit" class="plain" name="decision" value="forget">${say('provider.forget', names)}</button>`)}`
}

const leadOf = ({ site: { client, say } }: WaitingPage): string | undefined =>
  client && say('login.client', { client: applicationName(client) })

const signInByPasskey = ({ site, tenant, handle, to, csrf }: WaitingPage): Html =>
  passkeyButton(site.say, site.say('login.passkey'), {
    mode: 'sign-in',
    tenant: tenant.tenant_id,
    csrf,
    authReqId: handle,
    complete: `${mountOf(tenant.tenant_id)}/complete`,
    second: to('/login/second'),
  })

export const cancelLink = ({ site, tenant, handle }: WaitingPage): Html =>
  link(`${mountOf(tenant.tenant_id)}/cancel?${new URLSearchParams({ auth_req_id: handle })}`, site.say('common.cancel'))

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
