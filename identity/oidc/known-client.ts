import { AsyncLocalStorage } from 'node:async_hooks'
import type { StoredClient } from '../directory/clients.ts'

const known = new AsyncLocalStorage<StoredClient>()

/** Runs `work` so that it need not read the client again, which was just read for the same request. */
export const knowingClient = <R>(client: StoredClient | undefined, work: () => Promise<R>): Promise<R> =>
  client === undefined ? work() : known.run(client, work)

/** The client that the current request named, if it is this one. */
export function knownClient(tenant: string, id: string): StoredClient | undefined {
  const client = known.getStore()
  return client?.tenant_id === tenant && client.client_id === id ? client : undefined
}
