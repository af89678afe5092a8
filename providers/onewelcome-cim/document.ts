import type { Wire } from '../../config/wire.ts'
import type { Operation, SystemClient } from '../client.ts'
import { Once } from '../read-once.ts'
import { VERSION_1 } from './client.ts'

const CONFIG = '/api/v2/config'
export const URLS = `${CONFIG}/features/action-token/whitelisted-urls`
const READ_V2: Operation = { id: 'getConfiguration', method: 'GET', path: CONFIG }
const READ_V1: Operation = {
  id: 'getConfigurationV1',
  method: 'GET',
  path: '/api/config?fields=password_policy,profile',
  reactions: VERSION_1,
}
const LIST_URLS: Operation = { id: 'listWhitelistedUrls', method: 'GET', path: URLS }
const LIST_PROVIDERS: Operation = {
  id: 'listIdentityProviders',
  method: 'GET',
  path: '/api/config/identity-providers',
  reactions: VERSION_1,
}
const RELOAD: Operation = {
  id: 'reloadExtension',
  method: 'POST',
  path: '/api/config/extension/reload',
  reactions: VERSION_1,
}

/** Writes of whole units, of login methods and of version 1 sections. */
export const updateUnits = (body: Wire): Operation => ({
  id: 'updateConfigurationUnits',
  method: 'POST',
  path: CONFIG,
  body,
})

/** The one configuration document of an installation: read once per session, read again around each write. */
export class CimDocument {
  readonly client: SystemClient
  readonly v2: Once<Wire>
  readonly v1: Once<Wire>
  readonly urls: Once<readonly Wire[]>
  readonly identityProviders: Once<readonly Wire[]>
  #closed = false

  constructor(client: SystemClient) {
    this.client = client
    this.v2 = new Once(async (signal) => client.object(READ_V2, await client.call(READ_V2, signal)))
    this.v1 = new Once(async (signal) => client.object(READ_V1, await client.call(READ_V1, signal)))
    this.urls = new Once(async (signal) =>
      client.items(LIST_URLS, await client.call(LIST_URLS, signal), 'whitelisted_urls'),
    )
    this.identityProviders = new Once(async (signal) =>
      client.items(LIST_PROVIDERS, await client.call(LIST_PROVIDERS, signal), 'result'),
    )
  }

  forget(): void {
    for (const part of [this.v2, this.v1, this.urls, this.identityProviders]) part.forget()
  }

  /** The answer as it is now. There is no ETag, so every write is built on a read just before it. */
  async fresh<T>(part: Once<T>, signal: AbortSignal): Promise<T> {
    part.forget()
    return part.get(signal)
  }

  /** Whether it worked or not, what was read before is out of date afterwards. */
  async write(operation: Operation, signal: AbortSignal): Promise<void> {
    try {
      await this.client.call(operation, signal)
    } finally {
      this.forget()
    }
  }

  /** The final action of a run. It cannot follow the write that closed the API, so it went before that one. */
  async reload(signal: AbortSignal): Promise<void> {
    if (!this.#closed) await this.write(RELOAD, signal)
  }

  /** The last write there can be: it switches this API off. What it left cannot be read, so `after` stands in for it. */
  async close(operation: Operation, after: Wire, signal: AbortSignal): Promise<void> {
    await this.reload(signal)
    await this.write(operation, signal)
    this.#closed = true
    this.v2.keep(after)
  }

  /** Asks the system from now on. */
  refresh(): void {
    this.#closed = false
    this.forget()
  }
}
