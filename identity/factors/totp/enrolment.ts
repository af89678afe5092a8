import { PlumblineError } from '../../../config/errors.ts'
import { seal, unseal } from '../../crypto/seal.ts'
import type { Deps } from '../../deps.ts'
import { AUTHENTICATORS } from '../../directory/authenticators.ts'
import type { Tenant } from '../../directory/tenants.ts'
import type { StoredUser } from '../../directory/users.ts'
import { recordEvent } from '../../login/login-record.ts'
import { notify } from '../../login/notices.ts'
import { titleOf } from '../../login/tenant-title.ts'
import { unlessTaken } from '../../platform/contract/conflict.ts'
import { loginPolicyOf } from '../../policy/load.ts'
import type { Collection } from '../../store/store.ts'
import { newTotpSecret, stepOf, totpAddress } from './code.ts'
import { newRecoveryCodes } from './recovery-codes.ts'

/** A secret that was shown and not confirmed yet, in the scope of the tenant. */
interface Enrolment {
  /** Where it was shown: a session or a pending login. */
  readonly id: string
  readonly user_id: string
  readonly sealed: string
  readonly tries: number
}
const ENROLMENTS: Collection<Enrolment> = { name: 'authenticatorEnrolments', id: (e) => e.id, indexes: [] }
const ENROLMENT_SECONDS = 600
/** A person mistypes; who has not got the secret gains nothing by guessing, since it is their own. */
const MOST_TRIES = 10

/** Whose app it is, and where it is being set up. */
export interface Enrolling {
  readonly tenant: Tenant
  readonly user: StoredUser
  /** Id of the session or of the pending login. */
  readonly place: string
}

/** What an app needs to know. */
export interface AppSecret {
  /** Base32, for people who type it. */
  readonly secret: string
  /** The same as an address, for a QR picture. */
  readonly address: string
}

export const authenticatorPurpose = ({ tenant_id, user_id }: StoredUser): string =>
  `authenticator ${JSON.stringify([tenant_id, user_id])}`

/** The secret that is being set up at this place; asked again, the same one for ten minutes. Throws FORBIDDEN where nobody has an app. */
export async function beginAuthenticator(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  { tenant, user, place }: Enrolling,
): Promise<AppSecret> {
  await requireOffered(deps, tenant, user)
  const begun = await deps.store.get(ENROLMENTS, tenant.tenant_id, place)
  const purpose = authenticatorPurpose(user)
  const kept = begun?.user_id === user.user_id ? unseal(deps.masterKey, purpose, begun.sealed) : undefined
  const secret = kept ?? newTotpSecret()
  if (kept === undefined) {
    const enrolment = { id: place, user_id: user.user_id, sealed: seal(deps.masterKey, purpose, secret), tries: 0 }
    await deps.store.delete(ENROLMENTS, tenant.tenant_id, place)
    await deps.store.create(ENROLMENTS, tenant.tenant_id, enrolment, ENROLMENT_SECONDS)
  }
  return { secret, address: totpAddress(secret, titleOf(tenant), user.username) }
}

/**
 * Keeps the app of who enters its first code, and returns the recovery codes, which nobody sees again. Throws REJECTED for a wrong code, a 409 Fault
 * when the person has an app already.
 */
export async function confirmAuthenticator(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer' | 'auditLog'>,
  { tenant, user, place }: Enrolling,
  code: string,
): Promise<readonly string[]> {
  await requireOffered(deps, tenant, user)
  const { sealed, step } = await confirmed(deps, { tenant, user, place }, code)
  const { codes, hashes } = newRecoveryCodes(deps, user)
  const { user_id, created_at: user_created_at } = user
  const created_at = deps.now().toISOString()
  const authenticator = { user_id, user_created_at, sealed, last_step: step, recovery: hashes, created_at }
  const kept = () => deps.store.create(AUTHENTICATORS, tenant.tenant_id, authenticator)
  await unlessTaken(kept, 'you have an authenticator app already; remove it first')
  await deps.store.delete(ENROLMENTS, tenant.tenant_id, place)
  await recordEvent(deps, tenant.tenant_id, { event: 'authenticator.registered', userId: user_id })
  await notify(deps, tenant, user, 'authenticatorAdded')
  return codes
}

async function confirmed(
  { store, masterKey, now }: Pick<Deps, 'store' | 'masterKey' | 'now'>,
  { tenant, user, place }: Enrolling,
  code: string,
): Promise<{ readonly sealed: string; readonly step: number }> {
  const begun = await store.get(ENROLMENTS, tenant.tenant_id, place)
  if (begun?.user_id !== user.user_id) throw rejected()
  const { sealed, tries } = await store.update(ENROLMENTS, tenant.tenant_id, place, (old) => ({
    ...old,
    tries: old.tries + 1,
  }))
  const step =
    tries > MOST_TRIES ? undefined : stepOf(unseal(masterKey, authenticatorPurpose(user), sealed), code, now())
  if (step === undefined) throw rejected()
  return { sealed, step }
}

async function requireOffered(deps: Pick<Deps, 'store'>, tenant: Tenant, user: StoredUser): Promise<void> {
  const { methods } = await loginPolicyOf(deps, { tenant, user })
  if (!methods.totp.value) throw new PlumblineError('FORBIDDEN', 'nobody signs in with an authenticator app here')
}

const rejected = () =>
  new PlumblineError('REJECTED', 'this is not the code of the app; check the clock of the device, or start again')
