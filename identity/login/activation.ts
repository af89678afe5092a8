import { randomUUID } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { activationOf, putActivation } from '../directory/activations.ts'
import { TENANTS, type Tenant } from '../directory/tenants.ts'
import { type StoredUser, USERS, userByName } from '../directory/users.ts'
import { takeAttempt } from '../lockout/attempts.ts'
import { foldName } from '../platform/fold-name.ts'
import { pageAddress } from '../platform/http/public-url.ts'
import { takeMail } from '../platform/mail/budget.ts'
import { noteOf } from '../platform/mail/texts.ts'
import { lockoutOf } from '../policy/load.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import { waitsForAddress, waitsForDelivery } from '../policy/reasons.ts'
import { GLOBAL } from '../store/store.ts'
import { remindToVerify } from './email.ts'
import { recorded } from './login-record.ts'
import { nobody, send } from './mail-receiver.ts'
import { hasDigits, issueDigits, matchDigits, takeDigits } from './mailed-digits.ts'
import { refused } from './refusal.ts'
import { titleOf } from './tenant-title.ts'
import { wordingFor } from './wording.ts'
import { mayWrite } from './written-letters.ts'

const DIGITS = 8

type Sender = Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer'>

/** Whether new people wait for a delivered code. */
export const isDelivered = ({ activation }: EffectivePolicy): boolean => activation.way.value === 'a delivered code'

/**
 * Makes a new user wait for activation where the tenant says so, before the record of the user is written: a crash in
 * between must not leave one who need not wait.
 */
export async function awaitActivation(
  { store }: Pick<Deps, 'store'>,
  policy: EffectivePolicy,
  user: StoredUser,
): Promise<void> {
  if (isDelivered(policy)) await putActivation(store, user, null)
}

/** Has a code written to who waits, as often as the settings and the budget of the account say. True when it is on its way. */
export async function sendActivation(
  deps: Sender,
  tenant: Tenant,
  { activation, letters }: EffectivePolicy,
  user: StoredUser,
): Promise<boolean> {
  const { tenant_id } = tenant
  const { user_id, username, locale } = user
  const isFree = await mayWrite(deps, tenant_id, `activation ${username}`, letters.pause.value)
  const isDue = isFree && (await takeMail(deps, tenant_id, 'activation', { userId: user_id })) > 0
  const userId = isDue ? user_id : ''
  const format = {
    digits: DIGITS,
    minutes: activation.seconds.value / 60,
    unavailableFor: letters.unavailableFor.value,
  }
  const account = { tenant: tenant_id, purpose: 'activation', username } as const
  const code = await issueDigits(deps, account, { userId, email: username }, format)
  const facts = { to: username, site: titleOf(tenant), link: pageAddress(deps, tenant_id, '/activate', {}), code }
  const wording = await wordingFor(deps, tenant_id, locale)
  await send(deps, tenant_id, userId, { ...noteOf('letterActivation', wording, facts), channel: 'letter' })
  return isDue
}

/** After a sign-up: a code for who is new, the same work for nobody where the name is taken. */
export async function sendFirstActivation(
  deps: Sender,
  tenant: Tenant,
  policy: EffectivePolicy,
  user: StoredUser | undefined,
): Promise<void> {
  if (isDelivered(policy)) await sendActivation(deps, tenant, policy, user ?? nobody(tenant, randomUUID()))
}

/**
 * Sends who cannot sign in yet another code: they have no session to ask for one. A code that is on its way stays good: it may take days, and
 * a login must not void it.
 */
export async function remindToActivate(
  deps: Sender,
  tenant: Tenant,
  policy: EffectivePolicy,
  user: StoredUser,
): Promise<void> {
  if (waitsForAddress(policy)) await remindToVerify(deps, tenant, user)
  if (!waitsForDelivery(policy)) return
  // From now on a confirmed address is not enough.
  if ((await activationOf(deps.store, user)) === undefined) await putActivation(deps.store, user, null)
  const account = { tenant: tenant.tenant_id, purpose: 'activation', username: user.username } as const
  if (!(await hasDigits(deps, account))) await sendActivation(deps, tenant, policy, user)
}

/** What a person enters. */
export interface ActivationAnswer {
  readonly tenant_id: string
  readonly username: string
  readonly code: string
}

/** Spends a delivered code: its owner can sign in from now on. Throws the uniform refusal whatever is wrong, and 429 while blocked. */
export async function activate(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'metrics' | 'auditLog'>,
  ip: string,
  { tenant_id: scope, username, code }: ActivationAnswer,
): Promise<void> {
  const tenant = await deps.store.get(TENANTS, GLOBAL, scope)
  if (!tenant) throw refused()
  const userId = (await userByName(deps.store, scope, username))?.user_id
  const config = await lockoutOf(deps, tenant)
  const attempt = await takeAttempt(deps, { scope, config, ip, username, userId })
  await recorded(deps, scope, { event: 'user.activation', userId: userId ?? '' }, async () => {
    const account = { tenant: scope, purpose: 'activation', username } as const
    const matched = await matchDigits(deps, account, code, config.user_attempts_limit)
    const user = matched && (await deps.store.get(USERS, scope, matched.user_id))
    if (!user || user.username_key !== foldName(username)) throw refused()
    if (!(await takeDigits(deps, account, matched))) throw refused()
    await putActivation(deps.store, user, deps.now().toISOString())
  })
  await attempt.succeed()
}
