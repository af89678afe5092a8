import type { FastifyReply } from 'fastify'
import type { Choice } from '../federation/protocol.ts'
import { html } from '../frame/html.ts'
import { sendPage } from '../frame/page-scope.ts'
import { form, link, links, submit } from './form-parts.ts'
import type { Visit } from './provider-buttons.ts'
import { cancelLink } from './waiting-login.ts'

/** Asks at which bank a person signs in. */
export function sendBanks(reply: FastifyReply, { page, provider }: Visit, banks: readonly Choice[]): FastifyReply {
  const { site, csrf, to } = page
  const { say } = site
  const options = banks.map(({ id, name }) => html`<option value="${id}">${name}</option>`)
  const choice = html`<div class="field"><label for="bank">${say('bank.label')}</label>
<select id="bank" name="bank" required>${options}</select></div>${submit(say('common.continue'))}`
  const content = html`${form(to(`/login/with/${provider.id}`), csrf, choice)}
${links(link(to('/login'), say('provider.other_way')), cancelLink(page))}`
  return sendPage(reply, site, { title: say('provider.title', { provider: provider.name }), content })
}
