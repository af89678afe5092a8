import type { FastifyRequest } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { type StoredUser, USERS, userByName } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { takesMethod } from '../../login/code-policy.ts'
import { afterFactor, factorsOf, type LoginResult } from '../../login/factors.ts'
import { recordEvent, recorded } from '../../login/login-record.ts'
import { nobody, send, someOf } from '../../login/mail-receiver.ts'
import { issueDigits, matchDigits, takeDigits } from '../../login/mailed-digits.ts'
import type { PendingLogin } from '../../login/pending-login.ts'
import { refused } from '../../login/refusal.ts'
import { titleOf } from '../../login/tenant-title.ts'
import { wordingFor } from '../../login/wording.ts'
import { foldName } from '../../platform/fold-name.ts'
import { pageAddress } from '../../platform/http/public-url.ts'
import { forgetMails, takeMail } from '../../platform/mail/budget.ts'
import type { Channel } from '../../platform/mail/outbox.ts'
import { standsAlone } from '../../policy/assurance.ts'
import { values } from '../../policy/decision.ts'
import { offeredMethods } from '../../policy/offers.ts'
import type { CodeChannel } from './channels.ts'

/** Who asks for a code. */
export interface CodeRequest {
  readonly username: string
  readonly ip: string
  /** Default: as the channel is called. */
  readonly by?: Channel
}

/**
 * Sends a code to a user, as often as the budget of the account says; a newer code voids the older. Names that nobody has get the same
 * answer and the same work. A code that only confirms goes to who has shown another factor in this login. Throws FORBIDDEN where the
 * tenant takes no such codes.
 */
export async function sendCode(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'auditLog' | 'mailer'>,
  login: PendingLogin,
  channel: CodeChannel,
  { username, ip, by = 'text' }: CodeRequest,
): Promise<void> {
  const { tenant, pending, policy } = login
  const { tenant_id } = tenant
  const { purpose } = channel
  requireOffered(login, channel)
  const named = (await userByName(deps.store, tenant_id, username)) ?? nobody(tenant, username)
  const to = await receiverOf(deps, login, channel, named)
  const counted = { userId: to === undefined ? someOf(username) : named.user_id }
  const isDue = (await takeMail(deps, tenant_id, channel.cause, counted)) > 0
  const isFree = isDue && (await channel.may(deps, { tenant: tenant_id, to: to ?? someOf(username), ip, policy }))
  const userId = to !== undefined && isFree ? named.user_id : ''
  const format = channel.format(policy)
  const receiver = { userId, email: to ?? named.email }
  const code = await issueDigits(deps, { tenant: tenant_id, purpose, username }, receiver, format)
  await recordEvent(deps, tenant_id, { event: channel.sent, userId, subject: { client_id: pending.clientId } })
  const wording = await wordingFor(deps, tenant_id, named.locale)
  const about = { username: named.username, wording }
  const facts = { ...about, to: receiver.email, site: titleOf(tenant), code, minutes: format.minutes }
  const confirms = (await factorsOf(deps, login)).length > 0
  const link = pageAddress(deps, tenant_id, '/login/code', { auth_req_id: login.authReqId, sent: '1', code })
  await send(deps, tenant_id, userId, channel.message({ ...facts, link, confirms, policy, by }))
}

/** Where a code for this user goes in this login; `undefined` when none does. */
async function receiverOf(
  deps: Pick<Deps, 'store'>,
  login: PendingLogin,
  channel: CodeChannel,
  user: StoredUser,
): Promise<string | undefined> {
  const takes = await takesMethod(deps, login.tenant, user, channel.method)
  if (!takes || user.user_id === '' || user.is_disabled) return undefined
  return (await mayConfirm(deps, login, channel, user.user_id)) ? channel.addressOf(deps, user) : undefined
}

/** A method that only confirms counts after another factor of the same user. */
async function mayConfirm(
  deps: Pick<Deps, 'store'>,
  login: PendingLogin,
  { method }: CodeChannel,
  userId: string,
): Promise<boolean> {
  if (standsAlone(login.policy, method)) return true
  return (await factorsOf(deps, login)).some((factor) => factor.userId === userId && factor.kind === 'knowledge')
}

/** What a person enters. */
export interface CodeAnswer {
  readonly username: string
  readonly code: string
}

/**
 * Signs in with a code that was sent, which is a possession factor. Throws FORBIDDEN where the tenant takes none, the uniform refusal
 * whatever is wrong with name or code, and 429 while blocked.
 */
export async function signInWithCode(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  login: PendingLogin,
  channel: CodeChannel,
  { ip }: Pick<FastifyRequest, 'ip'>,
  { username, code }: CodeAnswer,
): Promise<LoginResult> {
  const { tenant_id: scope } = login.tenant
  const { method, purpose } = channel
  const config = values(login.policy.lockout)
  requireOffered(login, channel)
  const named = (await userByName(deps.store, scope, username))?.user_id
  const confirms = standsAlone(login.policy, method) ? {} : { confirms: true as const }
  const attempt = await takeAttempt(deps, { scope, config, ip, username, userId: named, ...confirms })
  const subject = { client_id: login.pending.clientId, method }
  return recorded(deps, scope, { event: 'login', userId: named ?? '', subject }, async () => {
    // Before the code is looked at, so that nobody else uses up its tries.
    if (!(await mayConfirm(deps, login, channel, named ?? ''))) throw refused()
    const account = { tenant: scope, purpose, username } as const
    const matched = await matchDigits(deps, account, code)
    const user = matched && (await deps.store.get(USERS, scope, matched.user_id))
    if (!user || user.username_key !== foldName(username)) throw refused()
    const to = await receiverOf(deps, login, channel, user)
    if (to === undefined || foldName(to) !== matched?.email_key) throw refused()
    if (!(await takeDigits(deps, account, matched))) throw refused()
    await attempt.succeed()
    await forgetMails(deps, scope, channel.cause, user.user_id)
    return afterFactor(deps, login, { kind: 'possession', userId: user.user_id, methods: [method] })
  })
}

/** Before the user is known: what some user may show. */
function requireOffered({ policy }: PendingLogin, { method }: CodeChannel): void {
  if (!offeredMethods(policy).includes(method))
    throw new PlumblineError('FORBIDDEN', 'nobody signs in with such a code here')
}
