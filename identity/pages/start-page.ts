import type { FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import type { FederatedLogin } from '../federation/methods.ts'
import { type Html, html } from '../frame/html.ts'
import { sendPage } from '../frame/page-scope.ts'
import { applicationName } from '../frame/site.ts'
import type { TextKey } from '../frame/texts.ts'
import { type Stranger, strangerOf } from '../login/coupling.ts'
import { mountOf } from '../oidc/issuer.ts'
import { form, link, links, submit, usernameField } from './form-parts.ts'
import { passkeyButton } from './passkey-button.ts'
import { offeredProviders, providerButtons } from './provider-buttons.ts'
import { cancelLink, type WaitingPage } from './waiting-login.ts'

/** Logins at other providers, and who came from one and has yet to say who they are here. */
interface FromElsewhere {
  readonly providers: readonly FederatedLogin[]
  readonly stranger: Stranger | undefined
}

export const fromElsewhere = async (
  deps: Pick<Deps, 'store' | 'masterKey'>,
  page: WaitingPage,
  ip: string,
): Promise<FromElsewhere> => ({
  providers: offeredProviders(deps, page, ip),
  stranger: await strangerOf(deps.store, page.login),
})

/** What the page shows. */
export interface StartView extends FromElsewhere {
  readonly username?: string | undefined
  readonly problem?: string
  /** The problem is the name that was entered. */
  readonly isNameWrong?: boolean
  readonly notice?: TextKey | undefined
}

/** The page on which a sign-in begins. */
export function sendStart(reply: FastifyReply, page: WaitingPage, start: StartView): FastifyReply {
  const { username, problem, isNameWrong = false, notice, providers, stranger } = start
  const { site, tenant, offers, csrf, to } = page
  const { say } = site
  const name = usernameField(say, !tenant.has_username_and_email, {
    value: username,
    invalid: isNameWrong,
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
