import type { FastifyReply } from 'fastify'
import { isShownHere, type Order, type Way } from '../federation/bankid/orders.ts'
import { type Html, html } from '../frame/html.ts'
import { sendPage } from '../frame/page-scope.ts'
import type { Say, TextKey } from '../frame/texts.ts'
import { config, form, link, links, submit } from './form-parts.ts'
import type { Visit } from './provider-buttons.ts'
import { cancelLink } from './waiting-login.ts'

/** What to say to `hintCode` (BankID, "Recommended user messages"). One that nobody knows is a state, or a failure, like others. */
const UNDER_WAY: Readonly<Record<string, TextKey>> = {
  userSign: 'bankid.sign',
  userMrtd: 'bankid.document',
}
const FAILURES: Readonly<Record<string, TextKey>> = {
  expiredTransaction: 'bankid.expired',
  certificateErr: 'bankid.certificate',
  userCancel: 'bankid.cancelled',
  cancelled: 'bankid.replaced',
  startFailed: 'bankid.no_app',
  notSupportedByUserApp: 'bankid.no_app',
  transactionRiskBlocked: 'bankid.risk',
}
/** The app has not got the order yet. */
const NOT_STARTED: ReadonlySet<string> = new Set(['outstandingTransaction', 'noClient'])
const BEGINNING: Readonly<Record<Way, TextKey>> = { picture: 'bankid.scan', device: 'bankid.start' }

const failureText = (say: Say, hint: string): string => say(FAILURES[hint] ?? 'bankid.failed')

export function stateText(say: Say, order: Pick<Order, 'status' | 'hint' | 'way' | 'returned'>): string {
  if (order.status === 'complete') return say(isShownHere(order) ? 'bankid.complete' : 'bankid.return')
  return say(NOT_STARTED.has(order.hint) ? BEGINNING[order.way] : (UNDER_WAY[order.hint] ?? 'bankid.started'))
}

export const pathOf = ({ page, provider }: Visit, rest = '', query: Readonly<Record<string, string>> = {}): string =>
  page.to(`/login/bankid/${provider.id}${rest}`, query)

/** The app on this device (BankID, "Autostart"). The order says where it leads back to, so the link need not. */
const startAddress = ({ autoStartToken }: Order['started'], isHandheld: boolean): string =>
  `${isHandheld ? 'https://app.bankid.com/' : 'bankid:///'}?autostarttoken=${encodeURIComponent(autoStartToken)}&redirect=null`

/** The picture that the app scans; without a script it is loaded again with the page. */
const picture = (say: Say, address: string): Html =>
  html`<div class="qr"><img src="${address}" alt="${say('bankid.picture')}" width="208" height="208"></div>`

const otherWay: Readonly<Record<Way, { readonly way: Way; readonly text: TextKey }>> = {
  picture: { way: 'device', text: 'bankid.this_device' },
  device: { way: 'picture', text: 'bankid.other_device' },
}

/** An order that waits for the app. The picture has to move: standing still it could be shown to somebody elsewhere. */
export function sendOrder(reply: FastifyReply, visit: Visit, order: Order, isHandheld: boolean): FastifyReply {
  const { page, provider } = visit
  const { say } = page.site
  const isPicture = order.way === 'picture'
  const image = pathOf(visit, '/picture')
  const state = { status: pathOf(visit, '/state'), ...(isPicture ? { picture: image } : {}) }
  const start = html`<a class="button main" href="${startAddress(order.started, isHandheld)}" referrerpolicy="origin">${say('bankid.open')}</a>`
  const { way, text } = otherWay[order.way]
  const content = html`
<p id="state" role="status" ${config(state)}>${stateText(say, order)}</p>
${isPicture ? picture(say, image) : start}
${form(pathOf(visit), page.csrf, html`<button type="submit" class="second">${say('bankid.done')}</button>`)}
<noscript><p class="hint">${say('bankid.noscript')}</p></noscript>
${links(link(pathOf(visit, '', { way }), say(text)), link(pathOf(visit, '/leave'), say('provider.other_way')), cancelLink(page))}`
  const title = say('provider.title', { provider: provider.name })
  return sendPage(reply, page.site, { title, content, script: 'bankid' })
}

/** An order that came to nothing, with the ways on. */
export function sendFailure(reply: FastifyReply, visit: Visit, order: Pick<Order, 'hint' | 'way'>): FastifyReply {
  const { page, provider } = visit
  const { say } = page.site
  const again = form(pathOf(visit, '/again', { way: order.way }), page.csrf, submit(say('bankid.again')))
  const content = html`${again}
${links(link(page.to('/login'), say('provider.other_way')), cancelLink(page))}`
  const title = say('provider.title', { provider: provider.name })
  return sendPage(reply.code(401), page.site, { title, problem: failureText(say, order.hint), content })
}
