import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { sameHash } from '../../crypto/hash.ts'
import { unseal } from '../../crypto/seal.ts'
import type { Deps } from '../../deps.ts'
import { PUSH_BROWSERS, type PushBrowser, pushBrowsersOf, pushPurpose } from '../../directory/push-browsers.ts'
import { TENANTS } from '../../directory/tenants.ts'
import { type StoredUser, USERS } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { type Device, deviceOf, USER_AGENT_CHARACTERS } from '../../login/device.ts'
import { recordEvent } from '../../login/login-record.ts'
import type { PendingLogin } from '../../login/pending-login.ts'
import { takeMail } from '../../platform/mail/budget.ts'
import { type PushDevice, type PushParts, sendPush } from '../../platform/messages/push.ts'
import { succeeds } from '../../platform/succeeds.ts'
import { lockoutOf } from '../../policy/load.ts'
import { type Collection, GLOBAL } from '../../store/store.ts'

/** A login that waits for a browser of its user, in the scope of the tenant. */
export interface PushApproval {
  /** `auth_req_id` of the login. */
  readonly id: string
  readonly user_id: string
  /** Shown where the login waits; the person enters it where it is approved. */
  readonly number: number
  /** SHA-256 of what only the message holds: who has it reads the messages of a browser of the user. */
  readonly token_hash: string
  readonly client_id: string
  readonly ip: string
  readonly device: Device | null
  readonly state: 'waits' | 'approved' | 'refused'
}

const APPROVALS: Collection<PushApproval> = { name: 'pushApprovals', id: (a) => a.id, indexes: [] }

/** The one login of a user that waits: a second one is not asked about meanwhile. */
interface Turn {
  readonly id: string
  readonly login: string
}
const TURNS: Collection<Turn> = { name: 'pushTurns', id: (turn) => turn.id, indexes: [] }

const SECONDS = 120
const [SMALLEST, AFTER] = [10, 100]
const TOPIC_CHARACTERS = 32

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** What came of asking. `busy`: another login waits, or several were asked about lately. `unreachable`: no browser took the message. */
export type Asking = 'asked' | 'busy' | 'unreachable'

/** Where a message leads; the token goes along in it. */
type Notice = (token: string) => { readonly title: string; readonly body: string; readonly url: string }

type AskParts = PushParts & Pick<Deps, 'auditLog'>

/** Asks the browsers of the user of a login, one login at a time, and within the budget of the account. */
export async function askBrowsers(
  deps: AskParts,
  { authReqId: id, tenant: { tenant_id }, pending }: PendingLogin,
  user: StoredUser,
  { ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>,
  notice: Notice,
): Promise<Asking> {
  const { user_id } = user
  if (!(await succeeds(deps.store.create(TURNS, tenant_id, { id: user_id, login: id }, SECONDS), 'CONFLICT')))
    return 'busy'
  if ((await takeMail(deps, tenant_id, 'push', { userId: user_id })) === 0)
    return endTurn(deps, tenant_id, user_id, 'busy')
  const token = randomBytes(32).toString('base64url')
  const device = deviceOf(headers['user-agent']?.slice(0, USER_AGENT_CHARACTERS) ?? null)
  const about = { client_id: pending.clientId, ip, device, state: 'waits' as const }
  const approval = { id, user_id, number: randomInt(SMALLEST, AFTER), token_hash: hashOf(token), ...about }
  await deps.store.delete(APPROVALS, tenant_id, id)
  await deps.store.create(APPROVALS, tenant_id, approval, SECONDS)
  const sent = await sendToAll(deps, user, JSON.stringify(notice(token)), hashOf(id).slice(0, TOPIC_CHARACTERS))
  if (sent === 0) {
    await deps.store.delete(APPROVALS, tenant_id, id)
    return endTurn(deps, tenant_id, user_id, 'unreachable')
  }
  await recordEvent(deps, tenant_id, {
    event: 'login.push-sent',
    userId: user_id,
    subject: { client_id: pending.clientId },
  })
  return 'asked'
}

async function endTurn<T>({ store }: Pick<Deps, 'store'>, tenant: string, userId: string, outcome: T): Promise<T> {
  await store.delete(TURNS, tenant, userId)
  return outcome
}

/** How many browsers took the message. Those that are gone for good are forgotten. */
async function sendToAll(deps: PushParts, user: StoredUser, text: string, topic: string): Promise<number> {
  const browsers = await pushBrowsersOf(deps.store, user)
  const outcomes = await Promise.all(
    browsers.map(async (browser) => {
      const outcome = await sendPush(deps, deviceIn(deps, user.tenant_id, browser), { text, topic, seconds: SECONDS })
      if (outcome === 'gone') await deps.store.delete(PUSH_BROWSERS, user.tenant_id, browser.id)
      return outcome
    }),
  )
  return outcomes.filter((outcome) => outcome === 'sent').length
}

const deviceIn = ({ masterKey }: Pick<Deps, 'masterKey'>, tenant: string, { id, sealed }: PushBrowser): PushDevice =>
  JSON.parse(unseal(masterKey, pushPurpose(tenant, id), sealed)) as PushDevice

/** What a login waits for; `undefined` when it does not, or not any more. */
export const pushApprovalOf = (
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  id: string,
): Promise<PushApproval | undefined> => store.get(APPROVALS, tenant, id)

/** The waiting login that a message is about; `undefined` for another token. */
export async function askedApproval(
  deps: Pick<Deps, 'store'>,
  tenant: string,
  { login, token }: { readonly login: string; readonly token: string },
): Promise<PushApproval | undefined> {
  const approval = await pushApprovalOf(deps, tenant, login)
  return approval?.state === 'waits' && sameHash(approval.token_hash, hashOf(token)) ? approval : undefined
}

/**
 * Answers what a message asked, once: the number that the login shows approves it; another one, or none, refuses it and counts as a wrong
 * guess of the second factor. `undefined` when nothing waits.
 */
export async function answerApproval(
  deps: Pick<Deps, 'store' | 'now' | 'metrics' | 'auditLog'>,
  tenantId: string,
  message: { readonly login: string; readonly token: string },
  number: number | undefined,
): Promise<'approved' | 'refused' | undefined> {
  const approval = await askedApproval(deps, tenantId, message)
  if (approval === undefined) return undefined
  const state: 'approved' | 'refused' = number === approval.number ? 'approved' : 'refused'
  let isFirst = false
  const answered = deps.store.update(APPROVALS, tenantId, approval.id, (old) => {
    isFirst = old.state === 'waits'
    return isFirst ? { ...old, state } : old
  })
  if (!(await succeeds(answered, 'NOT_FOUND')) || !isFirst) return undefined
  await deps.store.delete(TURNS, tenantId, approval.user_id)
  const subject = { client_id: approval.client_id }
  await recordEvent(deps, tenantId, { event: `login.push-${state}`, userId: approval.user_id, subject })
  if (state === 'refused') await countRefusal(deps, tenantId, approval)
  return state
}

/** Whoever began the login is the one who guesses. */
async function countRefusal(
  deps: Pick<Deps, 'store' | 'now' | 'metrics'>,
  scope: string,
  { user_id: userId, ip }: PushApproval,
): Promise<void> {
  const tenant = await deps.store.get(TENANTS, GLOBAL, scope)
  const user = await deps.store.get(USERS, scope, userId)
  if (!tenant || !user) return
  const config = await lockoutOf(deps, tenant)
  // Blocked already: there is nothing more to count.
  await takeAttempt(deps, { scope, config, ip, username: user.username, userId, confirms: true }).catch(() => undefined)
}

/** Spends an approval: of many that ask, one gets it. `undefined` while it is not approved. */
export async function takePushApproval(
  { store }: Pick<Deps, 'store'>,
  { authReqId, tenant }: PendingLogin,
): Promise<PushApproval | undefined> {
  const approval = await store.get(APPROVALS, tenant.tenant_id, authReqId)
  return approval?.state === 'approved' ? store.take(APPROVALS, tenant.tenant_id, authReqId) : undefined
}
