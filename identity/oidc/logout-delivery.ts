import type { Deps } from '../deps.ts'
import type { Notice } from './logout-notices.ts'

/** Sends a notice; a client that is gone, or wants none any more, gets none. Throws what the library throws. */
export const deliverNotice = (deps: Pick<Deps, 'providers'>, { tenant, clientId, sub, sid }: Notice): Promise<void> =>
  deps.providers.use(tenant, clientId, async ({ provider, sendNotice }) => {
    const client = await provider.Client.find(clientId)
    if (client?.backchannelLogoutUri !== undefined) await sendNotice(client, sub, sid)
  })
