import type { Deps } from '../deps.ts'
import { type Notice, senderOf } from './logout-notices.ts'
import { tenantProviders } from './tenants.ts'

/** Sends a notice; a client that is gone, or wants none any more, gets none. Throws what the library throws. */
export const sendNotice = (deps: Deps, { tenant, clientId, sub, sid }: Notice): Promise<void> =>
  tenantProviders(deps).use(tenant, clientId, async ({ provider }) => {
    const client = await provider.Client.find(clientId)
    if (client?.backchannelLogoutUri !== undefined) await senderOf(provider)?.call(client, sub, sid)
  })
