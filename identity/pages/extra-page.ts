import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import type { TextKey } from '../frame/texts.ts'
import { issueTicket } from '../oidc/login-ticket.ts'
import {
  EXTRA_FIELDS,
  type ExtraField,
  type ExtraForm,
  type ExtraValues,
  endExtraForm,
  extraFormOf,
  fillExtraForm,
  putOffExtraForm,
} from '../people/extra-form.ts'
import { attempted } from './attempt.ts'
import { finishLogin } from './finish-login.ts'
import { field, form, refusal, sent, submit } from './form-parts.ts'
import { type WaitingPage, waitingLogin } from './waiting-login.ts'

const PATH = '/login/extra'
const MOST_CHARACTERS = 256

/** What a field is called, and what a browser may fill in (WCAG 1.3.5). */
const WORDS: Readonly<Record<ExtraField, readonly [label: TextKey, autocomplete: string, hint?: TextKey]>> = {
  firstName: ['account.profile.first_name', 'given-name'],
  lastName: ['account.profile.last_name', 'family-name'],
  mobileNumber: ['account.profile.mobile_number', 'tel', 'account.phone.hint'],
  birthDate: ['invitation.birth_date', 'bday', 'invitation.birth_date_hint'],
}

/** What the organization demands of people and a person lacks, asked for after a login. A form that needs no script. */
export async function extraPage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog'>,
): Promise<void> {
  await pageScope(app, deps, PATH, (scope) => {
    scope.get('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      return send(reply, page, await requireForm(deps, page), {})
    })

    scope.post('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const waiting = await requireForm(deps, page)
      const isLater = sent(request, 'later') !== ''
      const values = Object.fromEntries(waiting.fields.map((name) => [name, sent(request, name)]))
      const { tenant_id } = page.tenant
      const { problem, fault } = await attempted(page.site.say, async () => {
        if (!isLater) await fillExtraForm(deps, tenant_id, waiting, values)
      })
      if (fault) return send(reply.code(fault.status), page, waiting, values, problem)
      return goOn(deps, reply, page, waiting, isLater)
    })
  })
}

async function requireForm(deps: Pick<Deps, 'store'>, { tenant, handle }: WaitingPage): Promise<ExtraForm> {
  const waiting = await extraFormOf(deps, tenant.tenant_id, handle)
  if (waiting === undefined) throw refusal(401, 'error.expired')
  return waiting
}

async function goOn(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  reply: FastifyReply,
  page: WaitingPage,
  waiting: ExtraForm,
  isLater: boolean,
): Promise<FastifyReply> {
  const { tenant_id } = page.tenant
  if (!(await endExtraForm(deps, tenant_id, waiting))) throw refusal(401, 'error.expired')
  if (isLater) await putOffExtraForm(deps, tenant_id, waiting)
  const { userId, methods } = waiting
  const nonce = await issueTicket(deps, page.handle, { userId, methods, complete: true })
  return finishLogin(reply, page, { nonce, need_verify: false })
}

function send(
  reply: FastifyReply,
  { site, csrf, to }: WaitingPage,
  { fields }: ExtraForm,
  values: ExtraValues,
  problem?: string,
): FastifyReply {
  const { say } = site
  const asked = EXTRA_FIELDS.filter((name) => fields.includes(name)).map((name, i) => {
    const [label, autocomplete, hint] = WORDS[name]
    const more = hint === undefined ? {} : { hint: say(hint) }
    const value = values[name]
    return field({ name, label: say(label), autocomplete, maxlength: MOST_CHARACTERS, value, first: i === 0, ...more })
  })
  const later = html`<button type="submit" class="second" name="later" value="yes" formnovalidate>${say('extra.later')}</button>`
  const content = form(to(PATH), csrf, html`${asked}${submit(say('common.continue'))}${later}`)
  return sendPage(reply, site, { title: say('extra.title'), lead: say('extra.lead'), content, problem })
}
