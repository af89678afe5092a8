import { PlumblineError } from '../../config/errors.ts'
import { sameHash } from '../crypto/hash.ts'
import type { Deps } from '../deps.ts'
import { putActivation } from '../directory/activations.ts'
import { requireTenant, type Tenant } from '../directory/tenants.ts'
import { indexed, newUser, type StoredUser, USERS } from '../directory/users.ts'
import { isDelivered, sendActivation } from '../login/activation.ts'
import { findCode, issueCode, type StoredCode, takeCode } from '../login/codes.ts'
import { recordEvent, recorded } from '../login/login-record.ts'
import { matchDigits, takeDigits } from '../login/mailed-digits.ts'
import { refused } from '../login/refusal.ts'
import { refusalOfCode } from '../login/wrong-code.ts'
import { unlessTaken } from '../platform/contract/conflict.ts'
import { foldName } from '../platform/fold-name.ts'
import { loginPolicyOf } from '../policy/load.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import { CHECK_CODES, textCode } from './invitation-messages.ts'
import { hasLapsed, INVITATIONS, type Invitation, requireInvitations, voidCodes } from './invitations.ts'

/** What somebody who was invited shows. */
export interface InvitationAnswer {
  readonly code: string
  readonly birth_date?: string
  readonly text_code?: string
  readonly external_code?: string
  /** Signs up by the invitation, without its checks and without what it says about the person. */
  readonly without_checks?: boolean
}

/** Whom it was sent to, and what it needs. */
interface Opened {
  readonly tenant: Tenant
  readonly policy: EffectivePolicy
  readonly invitation: Invitation
  readonly code: StoredCode
}

/** Tries that the checks of an invitation bear until it is sent again. */
const MOST_TRIES = 5
const NAME_TAKEN = 'the user name of the invitation is taken by now; ask for another invitation'

/** The invitation behind a mailed code. Throws the uniform refusal whatever is wrong with the code, FORBIDDEN where none is accepted. */
async function openInvitation(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'metrics'>,
  ip: string,
  text: string,
): Promise<Opened> {
  const code = await findCode(deps, 'invitation', text)
  const invitation = code && (await deps.store.get(INVITATIONS, code.tenant_id, code.user_id))
  if (!code || !invitation || hasLapsed(invitation, deps.now())) throw await refusalOfCode(deps, ip)
  const tenant = await requireTenant(deps, invitation.tenant_id)
  const policy = await loginPolicyOf(deps, { tenant })
  requireInvitations(policy)
  return { tenant, policy, invitation, code }
}

/** Sends the code that an acceptance needs to the telephone of the invitation. Throws as `openInvitation`, and FORBIDDEN where none is needed. */
export async function requestInvitationText(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
  ip: string,
  code: string,
): Promise<void> {
  const { tenant, policy, invitation } = await openInvitation(deps, ip, code)
  if (!policy.invitations.text.value) throw new PlumblineError('FORBIDDEN', 'invitations need no text message here')
  await textCode(deps, tenant, invitation, ip)
}

/** The new user, and a reset code that sets the login secret. */
export interface Accepted {
  readonly tenant_id: string
  readonly user_id: string
  readonly username: string
  readonly secret_code: string
}

/**
 * Makes a user of who was invited, once. The address is confirmed: the code came there. An account that exists is never touched: 409 when
 * somebody has the name by now. Throws as `openInvitation`, and the uniform refusal for a check that is not passed.
 */
export async function acceptInvitation(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  ip: string,
  acceptance: InvitationAnswer,
): Promise<Accepted> {
  const opened = await openInvitation(deps, ip, acceptance.code)
  const { tenant, policy, invitation, code } = opened
  const { tenant_id, invitation_id: userId } = invitation
  return recorded(deps, tenant_id, { event: 'invitation', userId }, async () => {
    const isChecked = await passChecks(deps, opened, acceptance)
    // Of many who accept at once one goes on.
    if (!(await takeCode(deps, code))) throw refused()
    const user = userOf(invitation, isChecked, deps.now())
    await settleActivation(deps, policy, user, isChecked)
    await unlessTaken(() => deps.store.create(USERS, tenant_id, user), NAME_TAKEN)
    await deps.store.delete(INVITATIONS, tenant_id, userId)
    await voidCodes(deps, tenant_id, userId)
    await recordEvent(deps, tenant_id, { event: 'user.registered', userId, subject: { invitation: userId } })
    if (waitsStill(policy, isChecked)) await sendActivation(deps, tenant, policy, user)
    const secret_code = await firstSecretCode(deps, tenant, user)
    return { tenant_id, user_id: userId, username: user.username, secret_code }
  })
}

/** Who signed up without the checks waits as everybody who signs up. */
const waitsStill = (policy: EffectivePolicy, isChecked: boolean): boolean =>
  isDelivered(policy) && (policy.activation.invited.value || !isChecked)

/** Before the user is there: a crash in between must not leave one who is active without the code. */
async function settleActivation(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  policy: EffectivePolicy,
  user: StoredUser,
  isChecked: boolean,
): Promise<void> {
  if (!isDelivered(policy)) return
  await putActivation(store, user, waitsStill(policy, isChecked) ? null : now().toISOString())
}

/** The same code as for a forgotten secret, whether or not secrets may be reset here. */
function firstSecretCode(deps: Pick<Deps, 'store' | 'masterKey'>, { tenant_id }: Tenant, user: StoredUser) {
  const { user_id, email } = user
  const facts = { purpose: 'reset', tenant_id, user_id, client_id: '', email_key: foldName(email) } as const
  return issueCode(deps, { ...facts, first: true })
}

/** Whether the checks were passed; false for a sign-up without them, where that is allowed. Throws the uniform refusal. */
async function passChecks(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  { policy, invitation }: Opened,
  acceptance: InvitationAnswer,
): Promise<boolean> {
  const { birthDate, text, externalCode, unchecked } = policy.invitations
  const demands = birthDate.value || text.value || externalCode.value
  if (!demands) return true
  if (acceptance.without_checks === true) {
    if (!unchecked.value || !policy.signUp.open.value)
      throw new PlumblineError('FORBIDDEN', 'invitations are not accepted without their checks here')
    return false
  }
  await countTry(deps, invitation)
  const wanted = [
    ...(text.value ? [{ account: CHECK_CODES.text(invitation), code: acceptance.text_code }] : []),
    ...(externalCode.value ? [{ account: CHECK_CODES.letter(invitation), code: acceptance.external_code }] : []),
  ]
  const matched = await Promise.all(wanted.map(({ account, code = '' }) => matchDigits(deps, account, code)))
  const isBorn = !birthDate.value || isBirthDate(invitation, acceptance.birth_date)
  if (!isBorn || matched.includes(undefined)) throw refused('a check of the invitation was not passed')
  for (const [i, match] of matched.entries())
    if (!(match && wanted[i] && (await takeDigits(deps, wanted[i].account, match)))) throw refused()
  return true
}

/** Before anything is looked at, so that parallel guesses get no further than one by one. */
async function countTry({ store }: Pick<Deps, 'store'>, { tenant_id, invitation_id }: Invitation): Promise<void> {
  const { tries } = await store.update(INVITATIONS, tenant_id, invitation_id, (old) => ({
    ...old,
    tries: old.tries + 1,
  }))
  if (tries > MOST_TRIES) throw refused('the checks of the invitation were tried too often; send it again')
}

const isBirthDate = ({ birth_date }: Invitation, said: string | undefined): boolean =>
  birth_date !== null && sameHash(birth_date, said ?? '')

/** Who skipped the checks gets an account, and nothing that was meant for somebody else. */
function userOf(invitation: Invitation, isChecked: boolean, now: Date): StoredUser {
  const { invitation_id: user_id, tenant_id, username, email, locale, roles } = invitation
  const input = { user_id, username, email, tenant_id, is_disabled: false, is_verified: true }
  const user = newUser(isChecked ? { ...input, locale, roles } : input, now.toISOString())
  return isChecked ? indexed({ ...user, attributes: attributesOf(invitation) }) : user
}

function attributesOf({ given_name, family_name, mobile_number }: Invitation): StoredUser['attributes'] {
  const name = {
    ...(given_name === null ? {} : { givenName: given_name }),
    ...(family_name === null ? {} : { familyName: family_name }),
  }
  return {
    ...(Object.keys(name).length === 0 ? {} : { name }),
    ...(mobile_number === null ? {} : { phoneNumbers: [{ value: mobile_number, type: 'mobile' }] }),
  }
}
