import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import { ArtifactAdapter, endSession } from '../oidc/artifacts.ts'
import { LIFETIMES } from '../oidc/lifetimes.ts'
import { collect, everyOne } from '../platform/contract/paging.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection } from '../store/store.ts'
import { type Device, deviceOf, USER_AGENT_CHARACTERS } from './device.ts'
import { recordEvent } from './login-record.ts'

/** When and from where something was done (contract schema ActionInfo). Countries would need a database of addresses, which we have not. */
interface SessionAction {
  readonly at: string
  readonly ip: string | null
  readonly country: null
  readonly user_agent: string | null
  readonly user_agent_parsed: Device | null
}

/** Contract schema Session: what people see of a session of the OpenID provider, in the scope of the tenant. */
export interface LoginSession {
  /** Uid of the provider's session: a name, no secret. */
  readonly session_id: string
  readonly user_id: string
  readonly tenant_id: string
  readonly created: SessionAction
  readonly expires_at: string
  readonly token_issue: SessionAction | null
  readonly last_access: SessionAction | null
}

const SESSIONS: Collection<LoginSession> = { name: 'loginSessions', id: (s) => s.session_id, indexes: ['user_id'] }
const MOST_SHOWN = 500
const TOUCH_MILLISECONDS = 60_000

/** Where a request comes from. */
interface Origin {
  readonly ip: string
  readonly headers: { readonly 'user-agent'?: string | undefined }
}

function actionOf({ ip, headers }: Origin, at: Date): SessionAction {
  const user_agent = headers['user-agent']?.slice(0, USER_AGENT_CHARACTERS) ?? null
  return { at: at.toISOString(), ip, country: null, user_agent, user_agent_parsed: deviceOf(user_agent) }
}

/** Requests reach the provider with the client's address as its only forwarded one. */
const originOf = ({ req }: KoaContextWithOIDC): Origin => ({
  ip: String(req.headers['x-forwarded-for'] ?? ''),
  headers: req.headers,
})

/** A login, or the use of a session by another application. */
export async function noteLogin(
  deps: Pick<Deps, 'store' | 'now'>,
  tenant: string,
  ctx: KoaContextWithOIDC,
): Promise<void> {
  const { uid, accountId } = ctx.oidc.session ?? {}
  if (uid === undefined || accountId === undefined) return
  const action = actionOf(originOf(ctx), deps.now())
  const session: LoginSession = {
    session_id: uid,
    user_id: accountId,
    tenant_id: tenant,
    created: action,
    expires_at: new Date(deps.now().getTime() + LIFETIMES.Session * 1000).toISOString(),
    token_issue: null,
    last_access: null,
  }
  if (!(await succeeds(deps.store.create(SESSIONS, tenant, session, LIFETIMES.Session), 'CONFLICT')))
    await change(deps, tenant, uid, { last_access: action })
}

export async function noteToken(
  deps: Pick<Deps, 'store' | 'now'>,
  tenant: string,
  ctx: KoaContextWithOIDC,
): Promise<void> {
  const uid = (ctx.oidc.entities.AccessToken as { readonly sessionUid?: string } | undefined)?.sessionUid
  if (uid !== undefined) await change(deps, tenant, uid, { token_issue: actionOf(originOf(ctx), deps.now()) })
}

async function change(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  uid: string,
  more: Partial<LoginSession>,
): Promise<void> {
  await succeeds(
    store.update(SESSIONS, tenant, uid, (old) => ({ ...old, ...more })),
    'NOT_FOUND',
  )
}

/** Remembers that a session was used, to the minute. */
export async function touchSession(
  deps: Pick<Deps, 'store' | 'now'>,
  tenant: string,
  uid: string,
  origin: Origin,
): Promise<void> {
  const session = await deps.store.get(SESSIONS, tenant, uid)
  const last = Date.parse(session?.last_access?.at ?? '1970-01-01')
  if (session && deps.now().getTime() - last >= TOUCH_MILLISECONDS)
    await change(deps, tenant, uid, { last_access: actionOf(origin, deps.now()) })
}

/** The sessions of a user that have not ended, by whatever way. */
export async function sessionsOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  userId: string,
): Promise<readonly LoginSession[]> {
  const { items } = await deps.store.find(SESSIONS, tenant, { where: { user_id: userId }, limit: MOST_SHOWN })
  const alive = await Promise.all(items.map((session) => isAlive(deps, session)))
  for (const { session_id } of items.filter((_, i) => !alive[i])) await deps.store.delete(SESSIONS, tenant, session_id)
  return items.filter((_, i) => alive[i])
}

const isAlive = async (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  { tenant_id, session_id }: LoginSession,
): Promise<boolean> => (await new ArtifactAdapter(deps, tenant_id, 'Session').findByUid(session_id)) !== undefined

/** Ends one session of a user with its tokens. False when the user has no such session. */
export async function endOwnSession(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'auditLog'>,
  tenant: string,
  userId: string,
  uid: string,
): Promise<boolean> {
  const session = await deps.store.get(SESSIONS, tenant, uid)
  if (session?.user_id !== userId) return false
  await endSession(deps, tenant, uid)
  await deps.store.delete(SESSIONS, tenant, uid)
  await recordEvent(deps, tenant, { event: 'session.ended', userId, subject: { session_id: uid } })
  return true
}

/** Forgets what the list of sessions holds of a user. */
export async function forgetSessionsOf({ store }: Pick<Deps, 'store'>, tenant: string, userId: string): Promise<void> {
  const sessions = await collect(everyOne(store, SESSIONS, tenant, { user_id: userId }))
  for (const { session_id } of sessions) await store.delete(SESSIONS, tenant, session_id)
}
