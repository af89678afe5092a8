import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { type Html, html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { type Accepted, acceptInvitation, requestInvitationText } from '../people/accept-invitation.ts'
import { attempted } from './attempt.ts'
import { asked, CODE_CHARACTERS, field, form, refusal, sent, submit } from './form-parts.ts'
import { type PlainPage, plainPage } from './plain-page.ts'

const DATE_CHARACTERS = 10
const DATE = '\\d{4}-\\d{2}-\\d{2}'

/**
 * Where somebody who was invited accepts, and goes on to choose a login secret. The link of the mail fills the code in and changes nothing:
 * scanners of mail open links, too. Forms that need no script.
 */
export async function invitationPage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
): Promise<void> {
  await pageScope(app, deps, '/invitation', (scope) => {
    scope.get('', async (request, reply) => {
      const page = openTo(await plainPage(deps, request, reply))
      return sendForm(reply, page, { code: asked(request, 'code').slice(0, CODE_CHARACTERS) })
    })

    scope.post('/text', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = openTo(await plainPage(deps, request, reply))
      const code = sentCode(request)
      const work = () => requestInvitationText(deps, request.ip, code)
      const { problem, fault } = await attempted(page.site.say, work, 'error.refused_code')
      if (fault) return sendForm(reply.code(fault.status), page, { code, problem })
      return sendForm(reply, page, { code, notice: page.site.say('text.sent') })
    })

    scope.post('', async (request, reply) => {
      const page = openTo(await plainPage(deps, request, reply))
      const { say } = page.site
      const work = () => acceptInvitation(deps, request.ip, acceptanceIn(request))
      const outcome = await attempted(say, work, 'error.refused_invitation')
      if (outcome.fault === undefined) return goOn(reply, page, outcome.result)
      const { problem, fault } = outcome
      return sendForm(reply.code(fault.status), page, { code: sentCode(request), problem })
    })
  })
}

function openTo(page: PlainPage): PlainPage {
  if (page.site.policy?.invitations.open.value !== true) throw refusal(403, 'error.forbidden')
  return page
}

const sentCode = (request: FastifyRequest): string => sent(request, 'code').slice(0, CODE_CHARACTERS)

function acceptanceIn(request: FastifyRequest) {
  const given = (name: string) => ({ [name]: sent(request, name).slice(0, CODE_CHARACTERS) })
  const without_checks = sent(request, 'without_checks') === 'yes'
  return {
    code: sentCode(request),
    ...given('birth_date'),
    ...given('text_code'),
    ...given('external_code'),
    without_checks,
  }
}

/** To the page that sets the login secret, where there is one to set. */
function goOn(reply: FastifyReply, page: PlainPage, { username, secret_code }: Accepted): FastifyReply {
  const { site, offers, to } = page
  if (offers.methods.includes('secret') || offers.methods.includes('password'))
    return reply.redirect(to('/reset/code', { code: secret_code, username }), 303)
  const content = html`<p>${site.say('invitation.done', { username })}</p><p>${site.say('common.close')}</p>`
  return sendPage(reply, site, { title: site.say('invitation.done.title'), content })
}

interface Entered {
  readonly code: string
  readonly problem?: string | undefined
  readonly notice?: string
}

function sendForm(reply: FastifyReply, page: PlainPage, { code, problem, notice }: Entered): FastifyReply {
  const { site, csrf, to } = page
  const { say } = site
  const entry = field({
    name: 'code',
    label: say('invitation.code'),
    value: code,
    autocomplete: 'one-time-code',
    maxlength: CODE_CHARACTERS,
    invalid: problem !== undefined,
    first: code === '',
  })
  const rules = site.policy?.invitations
  const askText =
    rules?.text.value === true &&
    html`<button type="submit" class="plain" formaction="${to('/invitation/text')}" formnovalidate>${say('invitation.text_send')}</button>`
  const mayGoOn = rules?.unchecked.value === true && site.policy?.signUp.open.value === true && hasChecks(page)
  const skip =
    mayGoOn &&
    html`<button type="submit" class="plain" name="without_checks" value="yes" formnovalidate>${say('invitation.skip')}</button>`
  const content = form(
    to('/invitation'),
    csrf,
    html`${entry}${checkFields(page)}${submit(say('invitation.submit'))}${askText}${skip}`,
  )
  const view = { title: say('invitation.title', { site: site.title }), lead: say('invitation.intro'), content, problem }
  return sendPage(reply, site, { ...view, ...(notice === undefined ? {} : { notice }) })
}

function hasChecks({ site }: PlainPage): boolean {
  const rules = site.policy?.invitations
  return rules?.birthDate.value === true || rules?.text.value === true || rules?.externalCode.value === true
}

/** What the tenant demands beside the code of the mail. */
function checkFields({ site: { say, policy } }: PlainPage): Html {
  const rules = policy?.invitations
  const code = { autocomplete: 'one-time-code', maxlength: CODE_CHARACTERS, digits: true } as const
  const birthDate = field({
    name: 'birth_date',
    label: say('invitation.birth_date'),
    hint: say('invitation.birth_date_hint'),
    autocomplete: 'bday',
    maxlength: DATE_CHARACTERS,
    pattern: DATE,
  })
  return html`${rules?.birthDate.value && birthDate}${rules?.text.value && field({ ...code, name: 'text_code', label: say('invitation.text_code') })}${rules?.externalCode.value && field({ ...code, name: 'external_code', label: say('invitation.external_code') })}`
}
