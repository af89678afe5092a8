import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { type ChosenAccount, chooseAccount, choosesAccount } from '../federation/chosen-account.ts'
import { welcome } from '../federation/meet.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { isCoupling } from '../login/action-hint.ts'
import { type Stranger, strangerOf, takeStranger } from '../login/coupling.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { aboutPassword, attempted } from './attempt.ts'
import { field, form, links, sent, sentAsIs, submit, USERNAME_PATTERN, usernameField } from './form-parts.ts'
import type { Visit } from './provider-buttons.ts'
import { conclude, MANUALLY, visitOf } from './provider-visit.ts'
import { cancelLink, waitingLogin } from './waiting-login.ts'

const PASSWORD_CHARACTERS = 1024

/** The question who somebody is here who came from another provider for the first time. */
export async function firstPage(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, '/login/with/first', (scope) => {
    scope.get('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const stranger = await strangerOf(deps.store, page.login)
      if (stranger === undefined) return reply.redirect(page.to('/login'), 303)
      if (isCoupling(page.pending)) return reply.redirect(page.to('/login/token'), 303)
      return sendFirst(reply, visitOf(deps, page, stranger.method_id, request.ip), stranger)
    })

    scope.post('', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const stranger = await strangerOf(deps.store, page.login)
      const isNew = sent(request, 'decision') === 'create'
      if (!stranger || !isNew) {
        await takeStranger(deps.store, page.login)
        return reply.redirect(page.to('/login', MANUALLY), 303)
      }
      const visit = visitOf(deps, page, stranger.method_id, request.ip)
      const outcome = await attempted(page.site.say, () => chosen(deps, request, visit))
      if (outcome.fault) {
        const { problem, isNew: isPassword } = aboutPassword(page.site, outcome, sentAsIs(request, 'new_password'))
        const wrong = {
          problem,
          at: isPassword ? 'password' : 'username',
          username: sent(request, 'username'),
        } as const
        return sendFirst(reply.code(outcome.fault.status), visit, stranger, wrong)
      }
      return create(deps, reply, visit, outcome.result)
    })
  })
}

/** Of several forms that are sent at once, one creates the account. */
async function create(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'auditLog' | 'mailer' | 'passwordHashing'>,
  reply: FastifyReply,
  visit: Visit,
  account: ChosenAccount,
): Promise<FastifyReply> {
  const { page } = visit
  const stranger = await takeStranger(deps.store, page.login)
  if (!stranger) return reply.redirect(page.to('/login'), 303)
  return conclude(reply, deps, visit, ({ provider }) => welcome(deps, page.login, provider, stranger, account))
}

/** What the person chose, where the login method asks for it. */
async function chosen(
  deps: Pick<Deps, 'store' | 'breachedPasswords'>,
  request: FastifyRequest,
  { page, provider }: Visit,
): Promise<ChosenAccount> {
  if (!choosesAccount(provider)) return {}
  const answer = { username: sent(request, 'username'), password: sentAsIs(request, 'new_password') }
  return chooseAccount(deps, page.tenant, answer)
}

interface Wrong {
  readonly problem: string
  readonly at: 'username' | 'password'
  readonly username: string
}

/** Asks who somebody is here: the owner of the account with the same address, of any account, or new. */
function sendFirst(reply: FastifyReply, visit: Visit, { label, candidates }: Stranger, wrong?: Wrong): FastifyReply {
  const { page, provider } = visit
  const { site, to, csrf } = page
  const { say } = site
  const names = { provider: provider.name, label }
  const mayCreate = candidates === null && site.policy?.signUp.open.value === true
  const decision = html`<input type="hidden" name="decision" value="create">`
  const fields = choosesAccount(provider) && accountFields(visit, wrong)
  const newAccount = form(to('/login/with/first'), csrf, html`${decision}${fields}${submit(say('provider.create'))}`)
  const content = html`
<p>${say(candidates === null ? 'provider.match_unknown' : 'provider.match', names)}</p>
<div class="stack"><a class="button main" href="${to('/login')}">${say('provider.connect')}</a>
${mayCreate && newAccount}</div>
${links(cancelLink(page))}`
  return sendPage(reply, site, { title: say('provider.first', names), content, problem: wrong?.problem })
}

function accountFields({ page: { site, tenant } }: Visit, wrong: Wrong | undefined) {
  const { say } = site
  const name = { pattern: USERNAME_PATTERN, value: wrong?.username, invalid: wrong?.at === 'username' }
  const password = { name: 'new_password', label: say('password.new'), autocomplete: 'new-password' }
  return html`${tenant.has_username_and_email && usernameField(say, false, name)}
${field({ ...password, type: 'password', maxlength: PASSWORD_CHARACTERS, invalid: wrong?.at === 'password' })}`
}
