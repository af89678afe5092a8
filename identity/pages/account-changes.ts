import type { FastifyInstance, FastifyReply } from 'fastify'
import { changeAddress, type EmailBody } from '../api/login/email-routes.ts'
import { loginBody } from '../api/login/operation.ts'
import { changeSecret, type NewSecret } from '../api/login/password-routes.ts'
import type { Deps } from '../deps.ts'
import { changeTextPassword } from '../factors/password/own-password.ts'
import { registerOwn } from '../factors/webauthn/own-passkeys.ts'
import { beginRegistration, type RegistrationBody } from '../factors/webauthn/registration.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { proofDeps } from '../login/proof-deps.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { validateVault } from '../platform/contract/validation.ts'
import { issueChallenge } from '../proof/server.ts'
import { ownerOf } from './account-page.ts'
import { aboutPassword, attempted } from './attempt.ts'
import { emailField, field, form, link, links, refusal, sentAsIs, submit } from './form-parts.ts'
import { secretForm } from './secret-form.ts'
import { type OwnPage, openOwn, requireOwnPage } from './signed-in.ts'

/** Pages of the account that change how a person signs in, with what their scripts call. */
export async function accountChanges(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, '/account/secret', (scope) => secretRoutes(scope, deps))
  await pageScope(app, deps, '/account/password', (scope) => passwordRoutes(scope, deps))
  await pageScope(app, deps, '/account/email', (scope) => emailRoutes(scope, deps))
  await pageScope(app, deps, '/account/passkeys', (scope) => passkeyRoutes(scope, deps))
}

const back = ({ to, site }: OwnPage) => links(link(to('/account'), site.say('common.back')))

/** As of changePassword of the contract, for the session of the browser. */
function secretRoutes(scope: FastifyInstance, deps: Deps): void {
  validateVault(scope)
  scope.get('', async (request, reply) => {
    const page = await openOwn(deps, request, reply, 'secret')
    if (!page) return reply
    const { site, tenant, csrf, to, person } = page
    if (!page.has.secret) throw refusal(404, 'error.not_found')
    const entry = secretForm(site.say, tenant, {
      mode: 'change',
      csrf,
      next: to('/account'),
      submit: site.say('account.secret.submit'),
      facts: { username: person.user.username, sessionId: person.sessionId },
    })
    return sendPage(reply, site, {
      title: site.say('account.secret.title'),
      lead: site.say('account.secret.warning'),
      content: html`${entry}${back(page)}`,
      script: 'secret',
    })
  })

  const body = loginBody('ChangePasswordRequest')
  scope.post<{ Body: NewSecret }>('', { schema: { body } }, async (request, reply) => {
    const { person } = await requireOwnPage(deps, request, reply, 'changePassword')
    await changeSecret(deps, { ...person, userId: person.user.user_id }, request.body)
    return {}
  })
}

const PASSWORD = { type: 'password', maxlength: 1024 } as const

/** A form that needs no script. The change ends all sessions, this one, too. */
function passwordRoutes(scope: FastifyInstance, deps: Deps): void {
  const send = (reply: FastifyReply, page: OwnPage, problem?: string, wrong?: 'old' | 'new') => {
    const { say } = page.site
    const old = { name: 'password', label: say('password.old'), autocomplete: 'current-password' }
    const next = { name: 'new_password', label: say('password.new'), autocomplete: 'new-password' }
    const fields = html`
${field({ ...PASSWORD, ...old, first: wrong !== 'new', invalid: wrong === 'old' })}
${field({ ...PASSWORD, ...next, first: wrong === 'new', invalid: wrong === 'new' })}
${submit(say('account.secret.submit'))}`
    const content = html`${form(page.to('/account/password'), page.csrf, fields)}${back(page)}`
    const lead = say('account.secret.warning')
    return sendPage(reply, page.site, { title: say('account.password.title'), lead, content, problem })
  }

  scope.get('', async (request, reply) => {
    const page = await openOwn(deps, request, reply, 'password')
    if (page && !page.has.password) throw refusal(404, 'error.not_found')
    return page ? send(reply, page) : reply
  })

  scope.post('', async (request, reply) => {
    const page = await requireOwnPage(deps, request, reply, 'changePassword')
    const [password, newPassword] = [sentAsIs(request, 'password'), sentAsIs(request, 'new_password')]
    const work = () => changeTextPassword(deps, request, ownerOf(page), { password, newPassword })
    const outcome = await attempted(page.site.say, work)
    if (outcome.fault) {
      const { problem, isNew } = aboutPassword(page.site, outcome, newPassword)
      return send(reply.code(outcome.fault.status), page, problem, isNew ? 'new' : 'old')
    }
    return reply.redirect(page.to('/account', { notice: 'password_changed' }), 303)
  })
}

/** As of getChallenge and updateUserEmail of the contract, for the session of the browser. */
function emailRoutes(scope: FastifyInstance, deps: Deps): void {
  validateVault(scope)
  scope.get('', async (request, reply) => {
    const page = await openOwn(deps, request, reply, 'email')
    if (!page) return reply
    const { site, tenant, csrf, to, person } = page
    if (!page.has.secret) throw refusal(404, 'error.not_found')
    const entry = secretForm(site.say, tenant, {
      mode: 'email',
      csrf,
      next: to('/account'),
      submit: site.say('account.email.submit'),
      fields: emailField(site.say, { label: site.say('account.email.new') }),
      facts: { username: person.user.username, sessionId: person.sessionId },
    })
    const content = html`${entry}${back(page)}`
    return sendPage(reply, site, { title: site.say('account.email.title'), content, script: 'secret' })
  })

  const challenge = { config: PUBLIC_RATE, schema: { body: loginBody('ChallengeRequest') } }
  scope.post<{ Body: { cipherKey: string } }>('/challenge', challenge, async (request, reply) => {
    const { person } = await requireOwnPage(deps, request, reply, 'changeEmail')
    const { cipherKey } = request.body
    const { username } = person.user
    const asked = { tenantId: person.tenant, purpose: 'email' as const, handle: person.sessionId }
    return issueChallenge(proofDeps(deps), { ...asked, username, cipherKey })
  })

  const body = loginBody('UpdateEmailRequest')
  scope.post<{ Body: EmailBody }>('', { schema: { body } }, async (request, reply) => {
    const page = await requireOwnPage(deps, request, reply, 'changeEmail')
    const caller = { ...ownerOf(page), sessionId: page.person.sessionId }
    const sending = await changeAddress(deps, caller, request, request.body)
    return { next: page.to('/account', { notice: sending === 'sent' ? 'email_changed_sent' : 'email_changed' }) }
  })
}

/** As of beginPasskeyRegistration and verifyPasskeyRegistration of the contract, for the session of the browser. */
function passkeyRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'providers'>,
): void {
  validateVault(scope)
  scope.post('/options', { config: PUBLIC_RATE }, async (request, reply) => {
    const { tenant, person } = await requireOwnPage(deps, request, reply, 'setUpMethods')
    return beginRegistration(deps, tenant, person.user.user_id)
  })

  const body = loginBody('VerifyRegistrationRequest')
  scope.post<{ Body: RegistrationBody }>('/verify', { schema: { body } }, async (request, reply) => {
    const { tenant, person } = await requireOwnPage(deps, request, reply, 'setUpMethods')
    await registerOwn(deps, tenant, person.user.user_id, request.body)
    return {}
  })
}
