import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { PASSKEYS, passkeysOf, requireOwn } from '../../directory/passkeys.ts'
import { requireTenant, type Tenant } from '../../directory/tenants.ts'
import { requireUser } from '../../directory/users.ts'
import { recordEvent } from '../../login/login-record.ts'
import { isLastWay } from '../own-devices.ts'
import { finishRegistration, type RegistrationBody } from './registration.ts'

/** Whose passkeys. */
interface Owner {
  readonly tenant: string
  readonly userId: string
}

/** Keeps a new passkey of the user. Throws as `finishRegistration`. */
export async function registerOwn(
  deps: Pick<Deps, 'store' | 'now' | 'publicUrl' | 'auditLog'>,
  tenant: Tenant,
  userId: string,
  body: RegistrationBody,
): Promise<void> {
  const { id } = await finishRegistration(deps, tenant, userId, body)
  await recordEvent(deps, tenant.tenant_id, { event: 'passkey.registered', userId, subject: { passkey_id: id } })
}

/** Throws NOT_FOUND, for the passkey of somebody else, too. */
export async function renameOwn(
  deps: Pick<Deps, 'store' | 'auditLog'>,
  { tenant, userId }: Owner,
  keyId: string,
  name: string,
): Promise<void> {
  const { id } = await requireOwn(deps, tenant, userId, keyId)
  await deps.store.update(PASSKEYS, tenant, id, (old) => ({ ...old, name }))
  await recordEvent(deps, tenant, { event: 'passkey.renamed', userId, subject: { passkey_id: id } })
}

/** Throws NOT_FOUND, for the passkey of somebody else, too, and CONFLICT for the last one of who needs it to sign in. */
export async function deleteOwn(
  deps: Pick<Deps, 'store' | 'auditLog'>,
  { tenant, userId }: Owner,
  keyId: string,
): Promise<void> {
  const { id } = await requireOwn(deps, tenant, userId, keyId)
  await refuseLast(deps, tenant, userId)
  await deps.store.delete(PASSKEYS, tenant, id)
  await recordEvent(deps, tenant, { event: 'passkey.deleted', userId, subject: { passkey_id: id } })
}

/** The last one stays where its owner could not sign in without it. */
async function refuseLast(deps: Pick<Deps, 'store'>, tenantId: string, userId: string): Promise<void> {
  if ((await passkeysOf(deps, tenantId, userId)).length > 1) return
  const [tenant, user] = [await requireTenant(deps, tenantId), await requireUser(deps, tenantId, userId)]
  if (await isLastWay(deps, tenant, user, 'passkey'))
    throw new PlumblineError(
      'CONFLICT',
      'you need a passkey to sign in and it is your last one; register another first',
    )
}
