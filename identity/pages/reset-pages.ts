import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { resetTextPassword } from '../factors/password/own-password.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { sendResetCode } from '../login/reset-codes.ts'
import { aboutPassword, attempted } from './attempt.ts'
import {
  asked,
  CODE_CHARACTERS,
  emailField,
  field,
  form,
  link,
  links,
  refusal,
  sent,
  sentAsIs,
  submit,
  usernameField,
} from './form-parts.ts'
import { type PlainPage, plainPage } from './plain-page.ts'
import { secretForm } from './secret-form.ts'

/** A new login secret by a mailed code: asking for the code, then entering it with the new secret or password. */
export async function resetPages(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, '/reset', (scope) => {
    scope.get('', async (request, reply) => sendRequest(reply, openTo(await plainPage(deps, request, reply))))

    scope.post('', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = openTo(await plainPage(deps, request, reply))
      const username = sent(request, 'username')
      const email = page.tenant.has_username_and_email ? sent(request, 'email') : username
      const lacking = username === '' ? 'username' : email === '' ? 'email' : undefined
      if (lacking !== undefined) return sendRequest(reply.code(422), page, lacking)
      await sendResetCode(deps, page.tenant, page.site.client?.client_id ?? '', { username, email })
      return reply.redirect(page.to('/reset/code', { notice: 'sent' }), 303)
    })

    scope.get('/code', async (request, reply) => {
      const page = await plainPage(deps, request, reply)
      const username = asked(request, 'username')
      const values = { code: asked(request, 'code'), username, sent: asked(request, 'notice') === 'sent' }
      const byPassword = !page.offers.methods.includes('secret') || asked(request, 'with') === 'password'
      return byPassword ? sendPasswordEntry(reply, page, values) : sendSecretEntry(reply, page, values)
    })

    scope.post('/code', async (request, reply) => {
      const page = await plainPage(deps, request, reply)
      const [username, code] = [sent(request, 'username'), sent(request, 'code')]
      const newPassword = sentAsIs(request, 'new_password')
      const brought = { tenantId: page.tenant.tenant_id, username, code, newPassword }
      const work = () => resetTextPassword(deps, request, brought)
      const outcome = await attempted(page.site.say, work, 'error.refused_code')
      if (outcome.fault === undefined) return reply.redirect(doneAddress(page), 303)
      const { problem, isNew } = aboutPassword(page.site, outcome, newPassword)
      const wrong = isNew ? 'new_password' : 'code'
      return sendPasswordEntry(reply.code(outcome.fault.status), page, { code, username, problem, wrong })
    })

    scope.get('/done', async (request, reply) => {
      const { site } = await plainPage(deps, request, reply)
      const content = html`<p>${site.say('reset.done')}</p><p>${site.say('error.start_again')}</p>`
      return sendPage(reply, site, { title: site.say('reset.done.title'), content })
    })
  })
}

/** Codes are mailed on behalf of an application; without one nobody is told how to go on. */
function openTo(page: PlainPage): PlainPage {
  if (!page.offers.reset) throw refusal(403, 'error.start_again')
  return page
}

const doneAddress = ({ hasLogin, to }: PlainPage): string =>
  hasLogin ? to('/login', { notice: 'reset' }) : to('/reset/done')

function sendRequest(reply: FastifyReply, page: PlainPage, lacking?: 'username' | 'email'): FastifyReply {
  const { site, tenant, csrf, to } = page
  const { say } = site
  const problem = lacking && say(`error.${lacking}`)
  const name = { first: lacking !== 'email', invalid: lacking === 'username' }
  const address = { first: lacking === 'email', invalid: lacking === 'email' }
  const fields = html`${usernameField(say, !tenant.has_username_and_email, name)}${tenant.has_username_and_email && emailField(say, address)}`
  const content = html`${form(to('/reset'), csrf, html`${fields}${submit(say('reset.submit'))}`)}
${links(link(to('/reset/code'), say('reset.have')), backLink(page))}`
  return sendPage(reply, site, { title: say('reset.title'), lead: say('reset.intro'), content, problem })
}

const backLink = ({ hasLogin, to, site }: PlainPage) => hasLogin && link(to('/login'), site.say('common.back'))

interface Entered {
  readonly code: string
  readonly username?: string
  readonly sent?: boolean
  readonly problem?: string | undefined
  /** The field at fault. */
  readonly wrong?: 'code' | 'new_password'
}

const noticeOf = ({ site }: PlainPage, sent: boolean | undefined) =>
  sent ? { notice: site.say('reset.code.sent', { minutes: site.policy?.reset.minutes.value ?? '' }) } : {}

function codeFields({ site, tenant }: PlainPage, { code, username, wrong }: Entered) {
  const { say } = site
  const entry = { label: say('reset.code.label'), autocomplete: 'one-time-code', maxlength: CODE_CHARACTERS }
  return html`${usernameField(say, !tenant.has_username_and_email, { value: username, first: wrong === undefined })}${field({ ...entry, name: 'code', value: code, first: wrong === 'code', invalid: wrong === 'code' })}`
}

function sendSecretEntry(reply: FastifyReply, page: PlainPage, entered: Entered): FastifyReply {
  const { site, tenant, csrf, to, offers } = page
  const { say } = site
  const entry = secretForm(say, tenant, {
    mode: 'reset',
    csrf,
    next: doneAddress(page),
    submit: say('reset.code.submit'),
    fields: codeFields(page, entered),
    facts: {},
  })
  const password =
    offers.methods.includes('password') &&
    link(to('/reset/code', { with: 'password', ...codeQuery(entered) }), say('reset.code.password'))
  const content = html`${entry}${links(password, backLink(page))}`
  return sendPage(reply, site, {
    title: say('reset.code.title'),
    content,
    script: 'secret',
    ...noticeOf(page, entered.sent),
  })
}

const codeQuery = ({ code }: Entered) => (code === '' ? {} : { code })

function sendPasswordEntry(reply: FastifyReply, page: PlainPage, entered: Entered): FastifyReply {
  const { site, csrf, to, offers } = page
  const { say } = site
  const password = field({
    name: 'new_password',
    type: 'password',
    label: say('password.new'),
    autocomplete: 'new-password',
    maxlength: 1024,
    first: entered.wrong === 'new_password',
    invalid: entered.wrong === 'new_password',
  })
  const content = html`${form(to('/reset/code'), csrf, html`${codeFields(page, entered)}${password}${submit(say('reset.code.submit'))}`)}
${links(
  offers.methods.includes('secret') && link(to('/reset/code', codeQuery(entered)), say('reset.code.secret')),
  backLink(page),
)}`
  const { problem } = entered
  return sendPage(reply, site, { title: say('reset.code.title'), content, problem, ...noticeOf(page, entered.sent) })
}
