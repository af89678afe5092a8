import { randomUUID } from 'node:crypto'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { removeActivation } from '../../directory/activations.ts'
import { putSecret, removeSecret } from '../../directory/login-secrets.ts'
import { newUser, type StoredUser, USERS, userByName } from '../../directory/users.ts'
import { awaitActivation, sendFirstActivation } from '../../login/activation.ts'
import { requireFitting } from '../../login/address-patterns.ts'
import { issueCode } from '../../login/codes.ts'
import { verificationMail } from '../../login/email.ts'
import { type LoginRecord, recordEvent } from '../../login/login-record.ts'
import { send, someOf } from '../../login/mail-receiver.ts'
import type { PendingLogin } from '../../login/pending-login.ts'
import { proofDeps } from '../../login/proof-deps.ts'
import { titleOf } from '../../login/tenant-title.ts'
import { wordingFor } from '../../login/wording.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import { foldName } from '../../platform/fold-name.ts'
import { takeMail } from '../../platform/mail/budget.ts'
import { mailOf } from '../../platform/mail/texts.ts'
import { phoneNumberIn } from '../../platform/messages/numbers.ts'
import { succeeds } from '../../platform/succeeds.ts'
import { values } from '../../policy/decision.ts'
import { loginPolicyOf } from '../../policy/load.ts'
import { register } from '../../proof/enrolment.ts'

/** Contract schema RegisterRequest. */
export interface RegisterBody {
  readonly username: string
  readonly email: string
  readonly encrypted_commitment: string
  readonly proto_version: string
  /** Beside the contract, where the organization's form asks for it. */
  readonly mobile_number?: string
}

/**
 * The same answer whether the name is free or taken: then the owner of the name learns of it by mail (notes 5.15). The store gets
 * the same work, too, so the time that it takes tells nothing either. Throws FORBIDDEN where nobody can sign up, REJECTED for a bad body.
 */
export async function signUp(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  login: PendingLogin,
  body: RegisterBody,
): Promise<void> {
  if (!login.policy.signUp.open.value)
    throw new PlumblineError('FORBIDDEN', 'nobody can sign up here; ask the administrator for an account')
  const { tenant } = login
  const { username, email } = body
  await requireFitting(deps, tenant, email)
  if (!tenant.has_username_and_email && username !== email)
    throw invalid('/email', 'has to equal the username: this tenant has one identifier')
  const user = { ...(await enrolled(deps, login, body)), attributes: await attributesOf(login, body) }
  await awaitActivation(deps, login.policy, user)
  const isNew = await succeeds(deps.store.create(USERS, tenant.tenant_id, user), 'CONFLICT')
  const unused = isNew ? randomUUID() : user.user_id
  await removeSecret(deps.store, tenant.tenant_id, unused)
  await removeActivation(deps.store, tenant.tenant_id, unused)
  const owner = (await userByName(deps.store, tenant.tenant_id, username)) ?? user
  await mailOwner(deps, login, owner, isNew)
  await sendFirstActivation(deps, tenant, login.policy, isNew ? user : undefined)
  await recordEvent(deps, tenant.tenant_id, isNew ? registered(login, owner) : nameTaken(owner))
}

/** What the form asked for beside the name. Throws 422 for a number that is none, or is missing where one is needed. */
async function attributesOf(
  { policy }: PendingLogin,
  { mobile_number = '' }: RegisterBody,
): Promise<StoredUser['attributes']> {
  const question = policy.signUp.mobileNumber.value
  if (question === 'not asked' || (question === 'may be given' && mobile_number.trim() === '')) return {}
  const number = await phoneNumberIn(mobile_number)
  if (number === undefined) throw invalid('/mobile_number', 'is no telephone number with its country code')
  return { phoneNumbers: [{ value: number.e164, type: 'mobile' }] }
}

/** A user with the login secret, which comes first: a crash in between must not leave a user whom nobody can be. */
async function enrolled(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  { tenant, authReqId }: PendingLogin,
  body: RegisterBody,
): Promise<StoredUser> {
  const { username, email, encrypted_commitment: encryptedCommitment, proto_version } = body
  const [tenant_id, user_id] = [tenant.tenant_id, randomUUID()]
  const commitment = await register(proofDeps(deps), {
    tenantId: tenant_id,
    userId: user_id,
    username,
    handle: authReqId,
    encryptedCommitment,
    protoVersion: proto_version as 'sv-schnorr-r255-1',
  })
  const input = { user_id, username, email, tenant_id, is_disabled: false, is_verified: false }
  const user = newUser(input, deps.now().toISOString())
  await putSecret(deps, tenant, user, commitment)
  return user
}

/** A code to confirm the address for who is new, the news that the name is taken for its owner; within the budgets of both. */
async function mailOwner(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer'>,
  { tenant }: PendingLogin,
  owner: StoredUser,
  isNew: boolean,
): Promise<void> {
  const { tenant_id } = tenant
  const { user_id, username, email, is_verified } = owner
  const rules = values((await loginPolicyOf(deps, { tenant, user: owner })).signUp)
  const email_key = foldName(email)
  const receiver = isNew ? { userId: user_id, address: email_key } : { userId: user_id }
  const isDue = (await takeMail(deps, tenant_id, isNew ? 'verify' : 'taken', receiver)) > 0
  const isWanted = isDue && email !== '' && (!isNew || rules.verifiesAddresses)
  // A confirmed address has no budget of its own: one of nobody is taken from, so that it makes the same work.
  const address = isWanted && !is_verified ? email_key : someOf(username)
  const isLeft = (await takeMail(deps, tenant_id, 'address', { address })) > 0
  const to = isWanted && (is_verified || isLeft) ? user_id : ''
  const facts = { purpose: 'verify', tenant_id, user_id: isNew ? to : '', client_id: '', email_key } as const
  const code = await issueCode(deps, facts, facts.user_id === '' ? undefined : rules.verificationSeconds)
  const wording = await wordingFor(deps, tenant_id, owner.locale)
  const taken = mailOf('nameTaken', wording, { to: email, site: titleOf(tenant), username })
  await send(deps, tenant_id, to, isNew ? verificationMail(deps, tenant, owner, code, wording) : taken)
}

const registered = ({ pending }: PendingLogin, { user_id: userId }: StoredUser): LoginRecord => ({
  event: 'user.registered',
  userId,
  subject: { client_id: pending.clientId },
})
const nameTaken = ({ user_id }: StoredUser): LoginRecord => ({
  event: 'user.name-taken',
  userId: '',
  subject: { name_of: user_id },
})
