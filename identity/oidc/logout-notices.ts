import type { Provider } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import { CLIENTS } from '../directory/clients.ts'
import { enqueueJob, type Payloads } from '../platform/jobs/jobs.ts'

/** A notice of an ended session to one application (OpenID Connect Back-Channel Logout 1.0, section 2.5). */
export type Notice = Payloads['logout-notice']

/** Applications that stay away for so long have to find out by themselves. */
const NOTICE_SECONDS = 24 * 3600

type Send = (this: object, sub: string, sid: string) => Promise<void>
/** Sends a notice to a client of the library at once. */
export type SendNotice = (client: object, sub: string, sid: string) => Promise<void>

/** The library's own sending waits in our store, so that it is repeated and no answer waits for it. Returns how the library sends. */
export function queueLogoutNotices(
  deps: Pick<Deps, 'store' | 'now' | 'jobBell'>,
  tenant: string,
  provider: Provider,
): SendNotice {
  const model = provider.Client.prototype as unknown as { clientId: string; backchannelLogout: Send }
  const send = model.backchannelLogout
  model.backchannelLogout = function (this: typeof model, sub, sid) {
    return enqueueJob(deps, 'logout-notice', { tenant, clientId: this.clientId, sub, sid }, NOTICE_SECONDS)
  } as Send
  return (client, sub, sid) => send.call(client, sub, sid)
}

/** Tells the applications of a session that it has ended. `authorizations`: as the library keeps them in a session. */
export async function noticeEnd(
  deps: Pick<Deps, 'store' | 'now' | 'jobBell'>,
  tenant: string,
  sub: string,
  authorizations: Readonly<Record<string, { readonly sid?: string }>>,
): Promise<void> {
  for (const [clientId, { sid }] of Object.entries(authorizations)) {
    const client = sid === undefined ? undefined : await deps.store.get(CLIENTS, tenant, clientId)
    if (client?.client_logout_uri && sid !== undefined)
      await enqueueJob(deps, 'logout-notice', { tenant, clientId, sub, sid }, NOTICE_SECONDS)
  }
}
