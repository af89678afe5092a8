import { randomUUID } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { userByName } from '../directory/users.ts'
import { requireFitting } from '../login/address-patterns.ts'
import { dropCodesOf } from '../login/codes.ts'
import { removeCodesOf } from '../login/mailed-digits.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import { Fault } from '../platform/fault.ts'
import { foldName } from '../platform/fold-name.ts'
import { takeMail } from '../platform/mail/budget.ts'
import { phoneNumberIn } from '../platform/messages/numbers.ts'
import { loginPolicyOf } from '../policy/load.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import type { Collection } from '../store/store.ts'
import { sendInvitation } from './invitation-messages.ts'

/** What an administrator says about who is invited. */
export interface InvitationInput {
  readonly email: string
  /** Default: the e-mail address. */
  readonly username?: string
  readonly given_name?: string
  readonly family_name?: string
  /** RFC 3339 full-date. */
  readonly birth_date?: string
  readonly mobile_number?: string
  readonly locale?: string
  readonly roles?: readonly string[]
  readonly valid_hours: number
}

/** Somebody who may become a user, in the scope of the tenant. Revoked and accepted ones are gone. */
export interface Invitation {
  /** Becomes the `user_id`, so that of many who accept at once one does. */
  readonly invitation_id: string
  readonly tenant_id: string
  readonly email: string
  readonly username: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly birth_date: string | null
  /** E.164. */
  readonly mobile_number: string | null
  readonly locale: string | null
  readonly roles: readonly string[] | null
  readonly valid_hours: number
  readonly created_at: string
  readonly expires_at: string
  /** How often the checks were tried since it was last sent. */
  readonly tries: number
}

export const INVITATIONS: Collection<Invitation> = {
  name: 'invitations',
  id: (invitation) => invitation.invitation_id,
  indexes: ['created_at'],
}

const HOUR_MILLISECONDS = 3600 * 1000

/** Throws FORBIDDEN where nobody is invited. */
export function requireInvitations({ invitations }: EffectivePolicy): void {
  if (!invitations.open.value) throw new PlumblineError('FORBIDDEN', 'nobody can be invited here')
}

/**
 * Invites somebody by mail. Throws FORBIDDEN where nobody is invited, 409 for a name that somebody has, 422 when a check that the tenant
 * demands could not be passed, 429 when the address got too many messages lately.
 */
export async function invite(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
  tenant: Tenant,
  input: InvitationInput,
): Promise<Invitation> {
  const policy = await loginPolicyOf(deps, { tenant })
  requireInvitations(policy)
  const invitation = await newInvitation(deps, tenant, policy, input)
  if ((await userByName(deps.store, tenant.tenant_id, invitation.username)) !== undefined)
    throw new Fault(409, `the tenant already has a user '${invitation.username}'`)
  await takeTurn(deps, invitation)
  await deps.store.create(INVITATIONS, tenant.tenant_id, invitation)
  await sendInvitation(deps, tenant, policy, invitation)
  return invitation
}

/** What is checked when it is accepted has to be said now. Throws 422. */
function requireCheckable({ invitations }: EffectivePolicy, { mobile_number, birth_date }: InvitationInput): void {
  const needed = {
    '/mobile_number': invitations.text.value && mobile_number === undefined,
    '/birth_date': invitations.birthDate.value && birth_date === undefined,
  }
  for (const [pointer, isMissing] of Object.entries(needed))
    if (isMissing) throw invalid(pointer, 'is needed: it is checked when the invitation is accepted')
}

async function numberIn(text: string | undefined): Promise<string | null> {
  if (text === undefined) return null
  const number = await phoneNumberIn(text)
  if (number === undefined) throw invalid('/mobile_number', 'is no telephone number with its country code')
  return number.e164
}

async function newInvitation(
  deps: Pick<Deps, 'store' | 'now'>,
  tenant: Tenant,
  policy: EffectivePolicy,
  input: InvitationInput,
): Promise<Invitation> {
  await requireFitting(deps, tenant, input.email)
  requireCheckable(policy, input)
  const username = input.username ?? input.email
  if (!tenant.has_username_and_email && username !== input.email)
    throw invalid('/username', 'has to equal the e-mail address: this tenant has one identifier')
  const mobile_number = await numberIn(input.mobile_number)
  const now = deps.now()
  return {
    invitation_id: randomUUID(),
    tenant_id: tenant.tenant_id,
    email: input.email,
    username,
    given_name: input.given_name ?? null,
    family_name: input.family_name ?? null,
    birth_date: input.birth_date ?? null,
    mobile_number,
    locale: input.locale ?? null,
    roles: input.roles ?? null,
    valid_hours: input.valid_hours,
    created_at: now.toISOString(),
    expires_at: expiryAt(now, input.valid_hours),
    tries: 0,
  }
}

const expiryAt = (now: Date, hours: number): string => new Date(now.getTime() + hours * HOUR_MILLISECONDS).toISOString()

/** An address that nobody has confirmed may be a stranger's: it gets a bounded number of messages. Throws Fault 429. */
async function takeTurn(deps: Pick<Deps, 'store' | 'now' | 'masterKey'>, invitation: Invitation): Promise<void> {
  const { tenant_id, invitation_id: userId, email } = invitation
  const address = foldName(email)
  const isDue =
    (await takeMail(deps, tenant_id, 'invitation', { userId, address })) > 0 &&
    (await takeMail(deps, tenant_id, 'address', { address })) > 0
  if (!isDue)
    throw new Fault(429, 'This address got several messages lately. Try again later.', {
      headers: { 'retry-after': '60' },
    })
}

/** Throws NOT_FOUND. */
export async function requireInvitation(deps: Pick<Deps, 'store'>, tenant: string, id: string): Promise<Invitation> {
  const found = await deps.store.get(INVITATIONS, tenant, id)
  if (!found) throw new PlumblineError('NOT_FOUND', 'there is no such invitation; it may have been accepted')
  return found
}

/** Sends an invitation again, good as long as a new one. What was sent before is good for nothing any more. Throws as `invite`. */
export async function resend(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
  tenant: Tenant,
  id: string,
): Promise<Invitation> {
  const policy = await loginPolicyOf(deps, { tenant })
  requireInvitations(policy)
  await takeTurn(deps, await requireInvitation(deps, tenant.tenant_id, id))
  await voidCodes(deps, tenant.tenant_id, id)
  const renewed = await deps.store.update(INVITATIONS, tenant.tenant_id, id, (old) => ({
    ...old,
    tries: 0,
    expires_at: expiryAt(deps.now(), old.valid_hours),
  }))
  await sendInvitation(deps, tenant, policy, renewed)
  return renewed
}

/** Takes an invitation back. False when there is none. */
export async function revoke(deps: Pick<Deps, 'store'>, tenant: string, id: string): Promise<boolean> {
  const revoked = await deps.store.delete(INVITATIONS, tenant, id)
  await voidCodes(deps, tenant, id)
  return revoked
}

export async function voidCodes(deps: Pick<Deps, 'store'>, tenant: string, id: string): Promise<void> {
  await dropCodesOf(deps, tenant, id, 'invitation')
  await removeCodesOf(deps, tenant, id)
}

export const hasLapsed = ({ expires_at }: Invitation, now: Date): boolean => now.toISOString() >= expires_at

/** Contract schema Invitation. */
export function shownInvitation(invitation: Invitation, now: Date) {
  const { tries: _, ...shown } = invitation
  return { ...shown, expired: hasLapsed(invitation, now) }
}
