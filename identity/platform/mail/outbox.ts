import { randomUUID } from 'node:crypto'
import { seal, unseal } from '../../crypto/seal.ts'
import type { Deps } from '../../deps.ts'
import { type Collection, GLOBAL } from '../../store/store.ts'
import { succeeds } from '../succeeds.ts'

/** How a message reaches a person. `letter`: something outside the service delivers it. */
export type Channel = 'mail' | 'text' | 'voice' | 'letter'

/** A message to one person, as plain text. */
export interface Mail {
  /** Default: mail. */
  readonly channel?: Channel
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Language of the text, for a voice that reads it; default: English. */
  readonly language?: string
}

/** A message that waits, in the scope GLOBAL: one sender serves all tenants. */
export interface QueuedMail {
  readonly id: string
  readonly tenant_id: string
  /** RFC 3339. */
  readonly created_at: string
  /** When it may be tried next, in milliseconds since 1970. */
  readonly next_at: number
  readonly attempts: number
  /** The Mail, sealed: it holds addresses and codes. */
  readonly sealed: string
}

const OUTBOX: Collection<QueuedMail> = {
  name: 'mailOutbox',
  id: (mail) => mail.id,
  indexes: ['tenant_id', 'created_at', 'next_at'],
}
const KEPT_SECONDS = 24 * 3600
const LEASE_MILLISECONDS = 5 * 60_000
const BATCH = 50

/** Puts a message down. It leaves with `sendDue`, or stays readable for a day. Who has no address gets none. */
export const enqueueMail = (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  mail: Mail,
  next_at = 0,
): Promise<void> => (mail.to === '' ? pretend(deps, mail) : putDown(deps, tenant, mail, next_at, KEPT_SECONDS))

/** For a message that nobody here sends: it stays until its day is over. */
export const NEVER = Number.MAX_SAFE_INTEGER

/** Puts a message down that is of no tenant and never due, and gone in a second. */
export const pretend = (deps: Pick<Deps, 'store' | 'now' | 'masterKey'>, mail: Mail): Promise<void> =>
  putDown(deps, '', mail, NEVER, 1)

async function putDown(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  mail: Mail,
  next_at: number,
  seconds: number,
): Promise<void> {
  const created_at = deps.now().toISOString()
  const sealed = seal(deps.masterKey, purposeOf(tenant), JSON.stringify(mail))
  const queued = { id: randomUUID(), tenant_id: tenant, created_at, next_at, attempts: 0, sealed }
  await deps.store.create(OUTBOX, GLOBAL, queued, seconds)
}

/** Messages of all tenants that wait. */
export const countMails = async ({ store }: Pick<Deps, 'store'>): Promise<number> =>
  (await store.find(OUTBOX, GLOBAL, { limit: 1 })).total

/** Of what sending failed: ids and a code only, since texts of mail servers repeat addresses. */
export interface SendingFault {
  readonly mail: string
  readonly tenant: string
  readonly attempts: number
  readonly code: string
}

/**
 * Sends what is due, at least once each: a message is claimed for some minutes first, and deleted when the server took it. Returns
 * the faults; those messages are tried again until a day is over.
 */
export async function sendDue(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  send: (mail: Mail) => Promise<void>,
): Promise<readonly SendingFault[]> {
  const { items } = await deps.store.find(OUTBOX, GLOBAL, { orderBy: 'next_at', limit: BATCH })
  const faults: SendingFault[] = []
  for (const { id } of items) {
    const claimed = await claim(deps, id)
    const fault = claimed && (await deliver(deps, claimed, send))
    if (fault) faults.push(fault)
  }
  return faults
}

/** Of several senders one gets the message. */
async function claim({ store, now }: Pick<Deps, 'store' | 'now'>, id: string): Promise<QueuedMail | undefined> {
  const time = now().getTime()
  let won: QueuedMail | undefined
  const claimed = store.update(OUTBOX, GLOBAL, id, (old) => {
    won = old.next_at <= time ? { ...old, next_at: time + LEASE_MILLISECONDS, attempts: old.attempts + 1 } : undefined
    return won ?? old
  })
  return (await succeeds(claimed, 'NOT_FOUND')) ? won : undefined
}

async function deliver(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  queued: QueuedMail,
  send: (mail: Mail) => Promise<void>,
): Promise<SendingFault | undefined> {
  try {
    await send(opened(deps, queued))
  } catch (error) {
    const { code = 'EUNKNOWN' } = error as { readonly code?: string }
    return { mail: queued.id, tenant: queued.tenant_id, attempts: queued.attempts, code }
  }
  await deps.store.delete(OUTBOX, GLOBAL, queued.id)
  return undefined
}

export interface ShownMail extends Mail {
  readonly id: string
  readonly created_at: string
}

/** The newest messages of a tenant that have not left, for the development outbox. */
export async function readOutbox(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  tenant: string,
  limit: number,
): Promise<readonly ShownMail[]> {
  const page = { where: { tenant_id: tenant }, orderBy: 'created_at', direction: 'desc', limit } as const
  const { items } = await deps.store.find(OUTBOX, GLOBAL, page)
  return items.map((mail) => ({ id: mail.id, created_at: mail.created_at, ...opened(deps, mail) }))
}

const opened = ({ masterKey }: Pick<Deps, 'masterKey'>, { tenant_id, sealed }: QueuedMail): Mail =>
  JSON.parse(unseal(masterKey, purposeOf(tenant_id), sealed))

const purposeOf = (tenant: string): string => `mail ${tenant}`
