import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { remindOfName } from '../login/name-reminder.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { asked, field, form, link, links, refusal, sent, submit } from './form-parts.ts'
import { type PlainPage, plainPage } from './plain-page.ts'

const NUMBER_CHARACTERS = 32

/** A forgotten user name, by text message. Forms that need no script. */
export async function namePage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
): Promise<void> {
  await pageScope(app, deps, '/reset/name', (scope) => {
    scope.get('', async (request, reply) =>
      send(reply, openTo(await plainPage(deps, request, reply)), asked(request, 'sent') !== ''),
    )

    scope.post('', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = openTo(await plainPage(deps, request, reply))
      await remindOfName(deps, page.tenant, sent(request, 'number').slice(0, NUMBER_CHARACTERS), request.ip)
      return reply.redirect(page.to('/reset/name', { sent: '1' }), 303)
    })
  })
}

function openTo(page: PlainPage): PlainPage {
  if (page.site.policy?.reset.nameByText.value !== true) throw refusal(403, 'error.forbidden')
  return page
}

function send(reply: FastifyReply, { site, csrf, to, hasLogin }: PlainPage, isSent: boolean): FastifyReply {
  const { say } = site
  const number = field({
    name: 'number',
    label: say('account.phone.number'),
    hint: say('account.phone.hint'),
    autocomplete: 'tel',
    maxlength: NUMBER_CHARACTERS,
    first: true,
  })
  const content = html`${form(to('/reset/name'), csrf, html`${number}${submit(say('name.submit'))}`)}
${links(hasLogin && link(to('/login'), say('common.back')))}`
  const notice = isSent ? { notice: say('name.sent') } : {}
  return sendPage(reply, site, { title: say('name.title'), lead: say('name.intro'), content, ...notice })
}
