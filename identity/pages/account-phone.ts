import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { phoneOf } from '../directory/phones.ts'
import { beginPhone, confirmPhone, removeOwnPhone } from '../factors/otp/own-phone.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { attempted } from './attempt.ts'
import { CODE_CHARACTERS, field, form, link, links, sent, submit } from './form-parts.ts'
import { removeDevice } from './remove-device.ts'
import { type OwnPage, openOwn, requireOwnPage } from './signed-in.ts'

const PATH = '/account/phone'
const NUMBER_CHARACTERS = 32

/** The telephone of a person, for codes by text message. Forms that need no script. */
export async function accountPhone(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, PATH, (scope) => {
    scope.get('', async (request, reply) => {
      const page = await openOwn(deps, request, reply, 'phone')
      return page ? sendNumber(deps, reply, page) : reply
    })

    scope.post('', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      const { say } = page.site
      const number = sent(request, 'number').slice(0, NUMBER_CHARACTERS)
      const { fault } = await attempted(say, () => beginPhone(deps, ownerOf(page), number, request.ip))
      if (fault === undefined) return sendCode(reply, page)
      const problem = say(fault.status === 429 ? 'error.text_waits' : 'error.mobile_number_refused')
      return sendNumber(deps, reply.code(fault.status), page, problem)
    })

    scope.post('/confirm', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      const { say } = page.site
      const code = sent(request, 'code').slice(0, CODE_CHARACTERS)
      const { fault } = await attempted(say, () => confirmPhone(deps, ownerOf(page), code))
      if (fault) return sendCode(reply.code(fault.status), page, say('error.refused_code'))
      return reply.redirect(page.to('/account', { notice: 'phone_added' }), 303)
    })

    scope.post('/remove', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      return removeDevice(reply, page, {
        remove: () => removeOwnPhone(deps, ownerOf(page)),
        notice: 'phone_removed',
        again: (answer, problem) => sendNumber(deps, answer, page, problem),
      })
    })
  })
}

const ownerOf = ({ tenant, person: { user } }: OwnPage) => ({ tenant, user })

const back = ({ to, site }: OwnPage) => links(link(to('/account'), site.say('common.back')))

async function sendNumber(deps: Pick<Deps, 'store'>, reply: FastifyReply, page: OwnPage, problem?: string) {
  const { site, csrf, to } = page
  const { say } = site
  const own = await phoneOf(deps.store, page.person.user)
  const number = field({
    name: 'number',
    label: say('account.phone.number'),
    hint: say('account.phone.hint'),
    autocomplete: 'tel',
    maxlength: NUMBER_CHARACTERS,
    invalid: problem !== undefined,
    first: true,
  })
  const remove = html`<button type="submit" class="plain">${say('account.phone.remove')}</button>`
  const content = html`${own && html`<p>${own.number}</p>${form(to(`${PATH}/remove`), csrf, remove)}`}
${form(to(PATH), csrf, html`${number}${submit(say('account.phone.send'))}`)}${back(page)}`
  return sendPage(reply, site, { title: say('account.phone'), content, problem })
}

function sendCode(reply: FastifyReply, page: OwnPage, problem?: string): FastifyReply {
  const { site, csrf, to } = page
  const { say } = site
  const code = field({
    name: 'code',
    label: say('code.label'),
    autocomplete: 'one-time-code',
    maxlength: CODE_CHARACTERS,
    digits: true,
    invalid: problem !== undefined,
    first: true,
  })
  const content = html`${form(to(`${PATH}/confirm`), csrf, html`${code}${submit(say('totp.confirm'))}`)}${back(page)}`
  return sendPage(reply, site, { title: say('account.phone'), lead: say('account.phone.sent'), content, problem })
}
