import { randomInt } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection } from '../store/store.ts'
import { type Device, deviceOf, USER_AGENT_CHARACTERS } from './device.ts'
import { recordEvent } from './login-record.ts'
import type { PendingLogin } from './pending-login.ts'

/** A login that waits for a device of the same person, in the scope of the tenant. */
export interface DeviceApproval {
  /** `auth_req_id` of the login. */
  readonly id: string
  /** Login method by which it waits. */
  readonly method_id: string
  /** Shown where the login waits; the person picks it where they are signed in. */
  readonly number: number
  /** What the person picks from. */
  readonly choices: readonly number[]
  readonly client_id: string
  readonly ip: string
  readonly device: Device | null
  /** Who has approved it; empty before. */
  readonly user_id: string
}

const APPROVALS: Collection<DeviceApproval> = { name: 'deviceApprovals', id: (a) => a.id, indexes: [] }
const SECONDS = 300
const CHOICES = 3
const [SMALLEST, AFTER] = [10, 100]

/** Asks for an approval, in place of an earlier one of the same login. */
export async function askForApproval(
  { store }: Pick<Deps, 'store'>,
  { authReqId: id, pending, tenant }: PendingLogin,
  method_id: string,
  { ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>,
): Promise<DeviceApproval> {
  const numbers = new Set<number>()
  while (numbers.size < CHOICES) numbers.add(randomInt(SMALLEST, AFTER))
  const choices = [...numbers].toSorted((a, b) => a - b)
  const number = choices[randomInt(CHOICES)] ?? SMALLEST
  const device = deviceOf(headers['user-agent']?.slice(0, USER_AGENT_CHARACTERS) ?? null)
  const approval = { id, method_id, number, choices, client_id: pending.clientId, ip, device, user_id: '' }
  await store.delete(APPROVALS, tenant.tenant_id, id)
  await store.create(APPROVALS, tenant.tenant_id, approval, SECONDS)
  return approval
}

export const approvalOf = ({ store }: Pick<Deps, 'store'>, tenant: string, id: string) =>
  store.get(APPROVALS, tenant, id)

/** Approves a login by the number that it shows. False for another number, which ends the asking, and when nothing waits. */
export async function approveLogin(
  deps: Pick<Deps, 'store' | 'auditLog'>,
  { tenant, userId }: { readonly tenant: string; readonly userId: string },
  id: string,
  number: number,
): Promise<boolean> {
  const approval = await approvalOf(deps, tenant, id)
  if (approval === undefined || approval.user_id !== '') return false
  if (approval.number !== number) {
    await deps.store.delete(APPROVALS, tenant, id)
    return false
  }
  const approved = deps.store.update(APPROVALS, tenant, id, (old) =>
    old.user_id === '' ? { ...old, user_id: userId } : old,
  )
  if (!(await succeeds(approved, 'NOT_FOUND'))) return false
  const subject = { client_id: approval.client_id }
  await recordEvent(deps, tenant, { event: 'login.approved', userId, subject })
  return true
}

/** Spends an approval: of many that ask, one gets it. `undefined` while nobody has approved. */
export async function takeApproval(
  { store }: Pick<Deps, 'store'>,
  { authReqId, tenant }: PendingLogin,
): Promise<DeviceApproval | undefined> {
  const approval = await store.get(APPROVALS, tenant.tenant_id, authReqId)
  return approval === undefined || approval.user_id === ''
    ? undefined
    : store.take(APPROVALS, tenant.tenant_id, authReqId)
}
