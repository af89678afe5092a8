import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { PHONES, phoneOf, removePhone } from '../../directory/phones.ts'
import type { Tenant } from '../../directory/tenants.ts'
import type { StoredUser } from '../../directory/users.ts'
import { addressGroup } from '../../lockout/address.ts'
import { takesMethod } from '../../login/code-policy.ts'
import { recordEvent } from '../../login/login-record.ts'
import { issueDigits, matchDigits, takeDigits } from '../../login/mailed-digits.ts'
import { notify } from '../../login/notices.ts'
import { titleOf } from '../../login/tenant-title.ts'
import { wordingFor } from '../../login/wording.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import { Fault } from '../../platform/fault.ts'
import { takeMail } from '../../platform/mail/budget.ts'
import { noteOf } from '../../platform/mail/texts.ts'
import { phoneNumberIn } from '../../platform/messages/numbers.ts'
import { mayText } from '../../platform/messages/pumping.ts'
import { loginPolicyOf } from '../../policy/load.ts'
import { isLastWay } from '../own-devices.ts'

const CODE = { digits: 6, minutes: 10 } as const

/** Whose telephone. */
export interface PhoneOwner {
  readonly tenant: Tenant
  readonly user: StoredUser
}

const accountOf = ({ tenant, user }: PhoneOwner) =>
  ({ tenant: tenant.tenant_id, purpose: 'number', username: user.username }) as const

/**
 * Sends a code to a number that its owner wants to use from now on. Throws FORBIDDEN where nobody has one, 422 for what is no number that a
 * message may go to, a 429 Fault when too many were sent lately.
 */
export async function beginPhone(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
  owner: PhoneOwner,
  text: string,
  ip: string,
): Promise<void> {
  const { tenant, user } = owner
  await requireOffered(deps, owner)
  const number = await phoneNumberIn(text)
  if (number === undefined) throw invalid('/number', 'is no telephone number with its country code that takes messages')
  const isDue = (await takeMail(deps, tenant.tenant_id, 'text', { userId: user.user_id })) > 0
  const occasion = { tenant: tenant.tenant_id, number, source: addressGroup(ip) }
  if (!isDue || !(await mayText(deps, occasion)))
    throw new Fault(429, 'Several messages were sent lately; try again later.')
  const code = await issueDigits(deps, accountOf(owner), { userId: user.user_id, email: number.e164 }, CODE)
  const wording = await wordingFor(deps, tenant.tenant_id, user.locale)
  const note = noteOf('textNumber', wording, { to: number.e164, site: titleOf(tenant), code })
  await deps.mailer.post(tenant.tenant_id, { ...note, channel: 'text' })
}

/** Keeps the number to which the code was sent, in place of an earlier one. Throws REJECTED for a wrong code. */
export async function confirmPhone(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer' | 'auditLog'>,
  owner: PhoneOwner,
  code: string,
): Promise<void> {
  const { tenant, user } = owner
  const { user_id, created_at: user_created_at } = user
  await requireOffered(deps, owner)
  const matched = await matchDigits(deps, accountOf(owner), code)
  if (matched?.user_id !== user_id || !(await takeDigits(deps, accountOf(owner), matched)))
    throw new PlumblineError('REJECTED', 'this is not the code that was sent; ask for another one')
  const confirmed_at = deps.now().toISOString()
  await removePhone(deps.store, tenant.tenant_id, user_id)
  await deps.store.create(PHONES, tenant.tenant_id, {
    user_id,
    user_created_at,
    number: matched.email_key,
    confirmed_at,
  })
  await recordEvent(deps, tenant.tenant_id, { event: 'phone.registered', userId: user_id })
  await notify(deps, tenant, user, 'phoneAdded')
}

/** Throws NOT_FOUND for who has none, CONFLICT where the person could not sign in without it. */
export async function removeOwnPhone(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer' | 'auditLog'>,
  { tenant, user }: PhoneOwner,
): Promise<void> {
  if (!(await phoneOf(deps.store, user))) throw new PlumblineError('NOT_FOUND', 'you have no telephone here')
  if (await isLastWay(deps, tenant, user, 'sms'))
    throw new PlumblineError('CONFLICT', 'you need the telephone to sign in; set up another second factor first')
  await removePhone(deps.store, tenant.tenant_id, user.user_id)
  await recordEvent(deps, tenant.tenant_id, { event: 'phone.removed', userId: user.user_id })
  await notify(deps, tenant, user, 'phoneRemoved')
}

async function requireOffered(deps: Pick<Deps, 'store'>, { tenant, user }: PhoneOwner): Promise<void> {
  const { verifiesNumbers } = (await loginPolicyOf(deps, { tenant, user })).signUp
  if (!verifiesNumbers.value && !(await takesMethod(deps, tenant, user, 'sms')))
    throw new PlumblineError('FORBIDDEN', 'nobody confirms a telephone here')
}
