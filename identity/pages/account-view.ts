import type { Passkey } from '../directory/passkeys.ts'
import type { ConnectedAccounts } from '../federation/connections.ts'
import type { OwnProfile } from '../federation/own-profile.ts'
import { type Html, html } from '../frame/html.ts'
import { applicationName, httpsOf } from '../frame/site.ts'
import type { Say } from '../frame/texts.ts'
import type { Device } from '../login/device.ts'
import type { LoginSession } from '../login/sessions.ts'
import { mountOf } from '../oidc/issuer.ts'
import { profileList } from './account-profile.ts'
import { dateText, inlineForm, link, links } from './form-parts.ts'
import { passkeyButton } from './passkey-button.ts'
import type { SecondFacts } from './second-methods.ts'
import type { OwnPage } from './signed-in.ts'

/** What stands on the account page. */
interface AccountFacts {
  readonly passkeys: readonly Passkey[]
  readonly sessions: readonly LoginSession[]
  readonly connections: ConnectedAccounts
  readonly second: SecondFacts
  readonly profile: OwnProfile
}

/** The parts of the account page, one below the other. */
export const accountView = (
  page: OwnPage,
  { passkeys, sessions, connections, second, profile }: AccountFacts,
): Html => html`
${emailPart(page)}
${profilePart(page, profile)}
${secretPart(page)}
${page.offers.passkey && passkeyPart(page, passkeys)}
${DEVICES.map((device) => devicePart(page, device))}
${secondPart(page, second)}
${connectionPart(page, connections)}
${linkPart(page)}
${sessionPart(page, sessions)}
${links(backLink(page), link(`${mountOf(page.person.tenant)}/logout`, page.site.say('account.sign_out')))}`

function backLink({ site }: OwnPage): Html | undefined {
  const address = httpsOf(site.client?.client_uri)
  return site.client && address
    ? link(address, site.say('account.back', { client: applicationName(site.client) }))
    : undefined
}

const part = (title: string, content: Html): Html => html`<section class="part"><h2>${title}</h2>${content}</section>`

function emailPart({ site, person: { user }, has, csrf, to }: OwnPage): Html {
  const { say } = site
  const state = user.is_verified
    ? html`<span class="tag">${say('account.email.verified')}</span>`
    : html`<span class="tag open">${say('account.email.unverified')}</span>`
  const verify =
    !user.is_verified &&
    site.policy?.signUp.verifiesAddresses.value === true &&
    inlineForm(
      to('/account/verification'),
      csrf,
      html`<button type="submit" class="small">${say('account.email.verify')}</button>`,
    )
  const change = has.secret && link(to('/account/email'), say('account.email.change'))
  return part(say('account.email'), html`<p>${user.email} ${state}</p><div class="row start">${verify}${change}</div>`)
}

function linkPart({ site, csrf, to }: OwnPage): Html | undefined {
  const { say, policy } = site
  if (policy?.actionTokens.fromAccount.value !== true || !policy.methods.loginToken.value) return undefined
  const button = html`<button type="submit" class="small">${say('account.link.make')}</button>`
  return part(say('account.link'), inlineForm(to('/account/link'), csrf, button))
}

function profilePart(page: OwnPage, profile: OwnProfile): Html | undefined {
  const list = profileList(page, profile)
  return list && part(page.site.say('account.profile'), list)
}

/** Changes of what the person has; who signs in with passkeys alone has nothing to change here. */
function secretPart({ site, has, to }: OwnPage): Html | undefined {
  const { say } = site
  if (!has.secret && !has.password) return undefined
  return part(
    say('account.secret'),
    html`<div class="row start">
${has.secret && link(to('/account/secret'), say('account.secret.change'))}
${has.password && link(to('/account/password'), say('account.password.change'))}
</div>`,
  )
}

function passkeyPart(page: OwnPage, passkeys: readonly Passkey[]): Html {
  const { site, csrf, to, person } = page
  const { say } = site
  const add = passkeyButton(say, say('account.passkeys.add'), {
    mode: 'add',
    tenant: person.tenant,
    csrf,
    authReqId: '',
    complete: to('/account', { notice: 'passkey_added' }),
    second: '',
  })
  const list = html`<ul class="list">${passkeys.map((passkey) => passkeyItem(page, passkey))}</ul>`
  return part(
    say('account.passkeys'),
    html`${passkeys.length === 0 ? html`<p>${say('account.passkeys.none')}</p>` : list}${add}`,
  )
}

function passkeyItem({ site: { say }, csrf, to }: OwnPage, { id, name, created_at, last_use }: Passkey): Html {
  const shown = name ?? say('account.passkeys.unnamed')
  const used =
    last_use !== null && say('account.passkeys.used', { date: dateText(say, 'account.passkeys.used', last_use.date) })
  const field = html`<label class="aside" for="name-${id}">${say('account.passkeys.name')}</label>
<input id="name-${id}" name="name" value="${shown}" maxlength="128" autocomplete="off" required>
<button type="submit" class="small" aria-label="${say('account.passkeys.rename_this', { name: shown })}">${say('account.passkeys.rename')}</button>`
  const remove = html`<button type="submit" class="small danger"
 aria-label="${say('account.passkeys.delete_this', { name: shown })}">${say('account.passkeys.delete')}</button>`
  return html`<li>
<div class="what"><strong>${shown}</strong>
<p class="hint">${say('account.passkeys.created', { date: dateText(say, 'account.passkeys.created', created_at) })}${used && html` · ${used}`}</p></div>
${inlineForm(to(`/account/passkeys/${id}/name`), csrf, field)}
${inlineForm(to(`/account/passkeys/${id}/delete`), csrf, remove)}
</li>`
}

/** What confirms logins and has a page of its own. */
const DEVICES = [
  {
    has: 'authenticator',
    method: 'totp',
    path: '/account/authenticator',
    words: ['account.totp', 'account.totp.none', 'account.totp.add', 'account.totp.some', 'account.totp.manage'],
  },
  {
    has: 'phone',
    method: 'sms',
    path: '/account/phone',
    words: [
      'account.phone',
      'account.phone.none',
      'account.phone.change',
      'account.phone.some',
      'account.phone.manage',
    ],
  },
  {
    has: 'push',
    method: 'push',
    path: '/account/push',
    words: ['account.push', 'account.push.none', 'account.push.add', 'account.push.some', 'account.push.manage'],
  },
] as const

/** Nothing where the tenant takes no such device and the person has none. */
function devicePart(
  { site: { say, policy }, has: own, to }: OwnPage,
  { has, method, path, words }: (typeof DEVICES)[number],
) {
  if (!own[has] && policy?.methods[method].value !== true) return undefined
  const [title, none, add, some, manage] = words
  const way = link(to(path), say(own[has] ? manage : add))
  return part(say(title), html`<p>${say(own[has] ? some : none)}</p><div class="row start">${way}</div>`)
}

const SECOND_LABELS = {
  passkey: 'account.second.passkey',
  push: 'account.second.push',
  totp: 'account.second.totp',
  sms: 'account.second.sms',
  otp: 'account.second.otp',
  letter: 'account.second.letter',
} as const

/** Nothing where there is no choice, or it is not left to people. */
function secondPart(
  { site: { say, policy }, csrf, to }: OwnPage,
  { methods, preferred }: SecondFacts,
): Html | undefined {
  if (methods.length < 2 || policy?.stepUp.strongest.value === true) return undefined
  const options = methods.map(
    (method) =>
      html`<option value="${method}"${method === preferred && ' selected'}>${say(SECOND_LABELS[method])}</option>`,
  )
  const choice = html`<label class="aside" for="preferred">${say('account.second.label')}</label>
<select id="preferred" name="method">${options}</select>
<button type="submit" class="small">${say('account.second.save')}</button>`
  return part(say('account.second'), inlineForm(to('/account/preferred'), csrf, choice))
}

/** Nothing where no account elsewhere signs anybody in. */
function connectionPart(
  { site: { say }, csrf, to }: OwnPage,
  { connected, possible }: ConnectedAccounts,
): Html | undefined {
  if (connected.length === 0 && possible.length === 0) return undefined
  const buttons = possible.map(({ id, name }) =>
    inlineForm(
      to(`/account/with/${id}`),
      csrf,
      html`<button type="submit" class="second">${say('account.connections.connect', { provider: name })}</button>`,
    ),
  )
  const items = connected.map(({ id, label, provider, connected_at }) => {
    const since = say('account.connections.since', { date: dateText(say, 'account.connections.since', connected_at) })
    const remove = html`<button type="submit" class="small danger"
 aria-label="${say('account.connections.disconnect_this', { label })}">${say('account.connections.disconnect')}</button>`
    return html`<li>
<div class="what"><strong>${provider}</strong> ${label}<p class="hint">${since}</p></div>
${inlineForm(to(`/account/connections/${id}/delete`), csrf, remove)}
</li>`
  })
  const list = html`<ul class="list">${items}</ul>`
  return part(
    say('account.connections'),
    html`${connected.length === 0 ? html`<p>${say('account.connections.none')}</p>` : list}${buttons}`,
  )
}

const sessionPart = (page: OwnPage, sessions: readonly LoginSession[]): Html =>
  part(
    page.site.say('account.sessions'),
    html`<ul class="list">${sessions.map((session) => sessionItem(page, session))}</ul>`,
  )

function sessionItem({ site: { say }, csrf, to, person }: OwnPage, session: LoginSession): Html {
  const device = deviceText(say, session.created.user_agent_parsed)
  const own = session.session_id === person.sessionId
  const end = html`<button type="submit" class="small"
 aria-label="${say('account.sessions.end_this', { device })}">${say('account.sessions.end')}</button>`
  return html`<li>
<div class="what"><strong>${device}</strong> ${own && html`<span class="tag">${say('account.sessions.this')}</span>`}
<p class="hint">${say('account.sessions.since', { date: dateText(say, 'account.sessions.since', session.created.at) })}${session.created.ip !== null && html` · ${session.created.ip}`}</p></div>
${inlineForm(to(`/account/sessions/${session.session_id}/end`), csrf, end)}
</li>`
}

/** What people know a device by. */
export function deviceText(say: Say, device: Device | null): string {
  const names = [device?.browser.family, device?.os.family].filter((name) => name != null)
  return names.length === 0 ? say('account.sessions.unknown') : names.join(', ')
}
