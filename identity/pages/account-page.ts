import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { passkeysOf } from '../directory/passkeys.ts'
import { nameOf } from '../directory/person-name.ts'
import { preferMethod } from '../directory/preferred-methods.ts'
import { deleteOwn, renameOwn } from '../factors/webauthn/own-passkeys.ts'
import { connectionsOf, disconnectOwn } from '../federation/connections.ts'
import { ownProfile } from '../federation/own-profile.ts'
import { pageScope, sendPage, tenantIn } from '../frame/page-scope.ts'
import type { TextKey } from '../frame/texts.ts'
import { sendVerification } from '../login/email.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { endOwnSession, sessionsOf } from '../login/sessions.ts'
import { isListedUrl } from '../people/listed-urls.ts'
import { accountView } from './account-view.ts'
import { attempted } from './attempt.ts'
import { asked, refusal, sent } from './form-parts.ts'
import { secondMethodsOf, secondOf } from './second-methods.ts'
import { accountAddress, type OwnPage, openOwn, requireOwnPage, targetIn } from './signed-in.ts'

const NAME_CHARACTERS = 128

interface ThingPath {
  readonly id: string
}
const idIn = (request: FastifyRequest): string => (request.params as ThingPath).id

/** The account of a person: address, ways to sign in, passkeys, sessions. Everything but new secrets goes without a script. */
export async function accountPage(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, '/account', (scope) => {
    scope.get('', async (request, reply) => {
      const page = await openOwn(deps, request, reply, 'overview')
      return page ? send(deps, reply, page, { notice: NOTICES[asked(request, 'notice')] }) : reply
    })

    scope.get('/signed-in', async (request, reply) => {
      if (asked(request, 'error') !== '') throw refusal(401, 'error.signed_out')
      const [tenant, state] = [tenantIn(request), asked(request, 'state')]
      const target = targetIn(state)
      const isListed = target !== undefined && (await isListedUrl(deps, tenant, target))
      return reply.redirect(isListed ? target : accountAddress(tenant, state), 303)
    })

    scope.post('/verification', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'dashboard')
      const sending = await sendVerification(deps, page.tenant, page.person.user)
      if (sending === 'sent') return done(reply, page, 'verification_sent')
      if (sending === 'closed') return reply.redirect(page.to('/account'), 303)
      return send(deps, reply.code(429), page, { problem: page.site.say('error.mail_waits') })
    })

    scope.post('/preferred', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      const method = (await secondMethodsOf(deps, page)).find((own) => own === sent(request, 'method'))
      if (method === undefined) throw refusal(403, 'error.forbidden')
      await preferMethod(deps.store, page.person.user, method)
      return done(reply, page, 'preferred')
    })

    thingRoutes(scope, deps)
  })
}

/** Passkeys and sessions of the person. */
function thingRoutes(scope: FastifyInstance, deps: Deps): void {
  scope.post('/passkeys/:id/name', async (request, reply) => {
    const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
    const name = sent(request, 'name')
    if (name === '' || name.length > NAME_CHARACTERS)
      return send(deps, reply.code(422), page, { problem: page.site.say('error.passkey_name') })
    await renameOwn(deps, ownerOf(page), idIn(request), name)
    return done(reply, page, 'passkey_renamed')
  })

  scope.post('/passkeys/:id/delete', async (request, reply) => {
    const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
    const { say } = page.site
    const { problem, fault } = await attempted(say, () => deleteOwn(deps, ownerOf(page), idIn(request)))
    if (fault === undefined) return done(reply, page, 'passkey_deleted')
    return send(deps, reply.code(fault.status), page, {
      problem: fault.status === 409 ? say('error.last_passkey') : problem,
    })
  })

  scope.post('/connections/:id/delete', async (request, reply) => {
    const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
    const { say } = page.site
    const work = () => disconnectOwn(deps, page.tenant, page.person.user, idIn(request))
    const { problem, fault } = await attempted(say, work)
    if (fault === undefined) return done(reply, page, 'disconnected')
    const isLast = fault.status === 409
    return send(deps, reply.code(fault.status), page, { problem: isLast ? say('error.last_way_in') : problem })
  })

  scope.post('/sessions/:id/end', async (request, reply) => {
    const page = await requireOwnPage(deps, request, reply, 'dashboard')
    const { tenant, userId } = ownerOf(page)
    if (!(await endOwnSession(deps, tenant, userId, idIn(request)))) throw refusal(404, 'error.not_found')
    return done(reply, page, 'session_ended')
  })
}

/** Whose page it is, as the operations name people. */
export const ownerOf = ({ person }: OwnPage) => ({ tenant: person.tenant, userId: person.user.user_id })

const NOTICES: Readonly<Record<string, TextKey>> = {
  email_changed: 'account.notice.email_changed',
  email_changed_sent: 'account.notice.email_changed_sent',
  password_changed: 'account.notice.password_changed',
  verification_sent: 'account.notice.verification_sent',
  profile_changed: 'account.notice.profile_changed',
  connected: 'account.notice.connected',
  disconnected: 'account.notice.disconnected',
  preferred: 'account.notice.preferred',
  phone_added: 'account.notice.phone_added',
  phone_removed: 'account.notice.phone_removed',
  browser_added: 'account.notice.browser_added',
  browser_removed: 'account.notice.browser_removed',
  authenticator_removed: 'account.notice.authenticator_removed',
  passkey_added: 'account.notice.passkey_added',
  passkey_renamed: 'account.notice.passkey_renamed',
  passkey_deleted: 'account.notice.passkey_deleted',
  session_ended: 'account.notice.session_ended',
}

const done = (reply: FastifyReply, { to }: OwnPage, notice: keyof typeof NOTICES & string): FastifyReply =>
  reply.redirect(to('/account', { notice }), 303)

async function send(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  reply: FastifyReply,
  page: OwnPage,
  { problem, notice }: { readonly problem?: string | undefined; readonly notice?: TextKey | undefined },
): Promise<FastifyReply> {
  const { tenant, userId } = ownerOf(page)
  const passkeys = await passkeysOf(deps, tenant, userId)
  const sessions = await sessionsOf(deps, tenant, userId)
  const connections = await connectionsOf(deps, page.tenant, page.person.user)
  const profile = await ownProfile(deps, page.person.user)
  const { say } = page.site
  return sendPage(reply, page.site, {
    title: say('account.title'),
    lead: say('account.signed_in', {
      username: page.site.policy?.page.showsName.value ? nameOf(page.person.user) : page.person.user.username,
    }),
    content: accountView(page, { passkeys, sessions, connections, second: await secondOf(deps, page), profile }),
    problem,
    notice: notice && say(notice),
    wide: true,
    ...(page.offers.passkey ? { script: 'passkey' } : {}),
  })
}
