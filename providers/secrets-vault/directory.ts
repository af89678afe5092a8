import { PlumblineError } from '../../config/errors.ts'
import type { SystemClient } from '../client.ts'
import { Once } from '../read-once.ts'
import { pagesOf } from './pages.ts'
import { RESOURCES } from './resources.ts'

type Names = ReadonlyMap<string, string>

/** User names and ids of tenants, for groups: SCIM members are ids, documents list user names. */
export class Directory {
  readonly #client: SystemClient
  readonly #tenants = new Map<string, Once<Names>>()

  constructor(client: SystemClient) {
    this.#client = client
  }

  forget(): void {
    this.#tenants.clear()
  }

  /** User names of ids. Users who are new since the last look are looked for once more; an id without a user stands for itself. */
  async namesOf(tenant: string, ids: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    if (ids.length === 0) return []
    const users = this.#usersOf(tenant)
    const known = await users.get(signal)
    if (!ids.every((id) => known.has(id))) users.forget()
    const names = await users.get(signal)
    return ids.map((id) => names.get(id) ?? id)
  }

  #usersOf(tenant: string): Once<Names> {
    const found = this.#tenants.get(tenant) ?? new Once((signal) => this.#load(tenant, signal))
    this.#tenants.set(tenant, found)
    return found
  }

  async #load(tenant: string, signal: AbortSignal): Promise<Names> {
    const names = new Map<string, string>()
    for await (const user of pagesOf(this.#client, RESOURCES.User, tenant, signal)) {
      names.set(String(user.user_id), String(user.username))
    }
    return names
  }

  /** Id of a user name, asked for afresh. Throws NOT_FOUND. */
  async idOf(tenant: string, username: string, signal: AbortSignal): Promise<string> {
    const operation = RESOURCES.User.readByKey?.({ tenant, key: username, id: '' })
    if (operation === undefined) throw new PlumblineError('INTERNAL', 'users cannot be read by name')
    const answer = await this.#client.call(operation, signal)
    if (answer.status !== 404) return this.#client.text(operation, answer, 'user_id')
    throw new PlumblineError('NOT_FOUND', `the tenant ${tenant} has no user ${username}`, {
      help: 'Create the user first, or take the name out of the members.',
    })
  }
}
