import { createHash } from 'node:crypto'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import type { Subject } from '../directory/identities.ts'
import { endSession } from '../oidc/artifacts.ts'
import { LIFETIMES } from '../oidc/lifetimes.ts'
import type { Collection, Store } from '../store/store.ts'
import { recordEvent } from './login-record.ts'

/** A session at another provider, from which one here may come. */
export interface SessionElsewhere extends Subject {
  /** What the provider calls the session (`sid`, `SessionIndex`); not every one does. */
  readonly sid: string | undefined
  /** What its protocol needs to end it, as text. */
  readonly logout: string
}

/** In the scope of the tenant. */
interface Link {
  /** `auth_req_id` of the login on the way, then the uid of the session. */
  readonly id: string
  readonly method_id: string
  /** Hashes of the session and of the person there. */
  readonly session: string
  readonly person: string
  /** What ends the session there, sealed. */
  readonly logout: string
}

/** A login on its way that came from another provider. */
const ARRIVED: Collection<Link> = { name: 'federationArrivals', id: (l) => l.id, indexes: [] }
const LINKED: Collection<Link> = { name: 'linkedSessions', id: (l) => l.id, indexes: ['session', 'person'] }
const SEAL = 'session elsewhere'
const BATCH = 200

const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
const personOf = ({ method_id, issuer, subject }: Subject): string => hashOf(method_id, issuer, subject)
const sessionOf = ({ method_id, issuer, sid }: Pick<SessionElsewhere, 'method_id' | 'issuer' | 'sid'>): string =>
  sid === undefined ? '' : hashOf(method_id, issuer, sid)

type Parts = Pick<Deps, 'store' | 'masterKey'>

/** Remembers from where a login comes, in place of wherever the same login came from before. */
export async function rememberArrival(
  { store, masterKey }: Parts,
  { tenant, authReqId }: { readonly tenant: { readonly tenant_id: string }; readonly authReqId: string },
  there: SessionElsewhere,
): Promise<void> {
  const link: Link = {
    id: authReqId,
    method_id: there.method_id,
    session: sessionOf(there),
    person: personOf(there),
    logout: seal(masterKey, SEAL, there.logout),
  }
  await store.delete(ARRIVED, tenant.tenant_id, authReqId)
  await store.create(ARRIVED, tenant.tenant_id, link, LIFETIMES.Interaction)
}

/** A session here begins, or begins anew, with a login; one that came from here leaves the link as it is. */
export async function linkSession(store: Store, tenant: string, uid: string, authReqId: string): Promise<void> {
  const arrived = await store.take(ARRIVED, tenant, authReqId)
  if (arrived === undefined) return
  await store.delete(LINKED, tenant, uid)
  await store.create(LINKED, tenant, { ...arrived, id: uid }, LIFETIMES.Session)
}

/** The session elsewhere from which one here came, once; `undefined` for one that came from nowhere. */
export async function unlinkSession(
  { store, masterKey }: Parts,
  tenant: string,
  uid: string,
): Promise<{ readonly methodId: string; readonly logout: string } | undefined> {
  const link = await store.take(LINKED, tenant, uid)
  return link && { methodId: link.method_id, logout: unseal(masterKey, SEAL, link.logout) }
}

/** Which session has ended elsewhere; without a `sid` all of the person. */
export type EndedElsewhere =
  | (Pick<SessionElsewhere, 'method_id' | 'issuer'> & { readonly sid: string })
  | (Subject & { readonly sid?: undefined })

/** Ends what came from a session that has ended elsewhere, and tells its applications. Returns how many sessions. */
export async function endLinkedSessions(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'auditLog'>,
  tenant: string,
  ended: EndedElsewhere,
): Promise<number> {
  const where = ended.sid === undefined ? { person: personOf(ended) } : { session: sessionOf(ended) }
  const { items } = await deps.store.find(LINKED, tenant, { where, limit: BATCH })
  for (const { id, method_id } of items) {
    await endSession(deps, tenant, id)
    await deps.store.delete(LINKED, tenant, id)
    await recordEvent(deps, tenant, {
      event: 'session.ended',
      userId: '',
      subject: { session_id: id, login_method: method_id },
    })
  }
  return items.length
}
