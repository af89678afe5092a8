import type { Wire } from '../../config/wire.ts'
import type { SystemClient } from '../client.ts'
import { Once } from '../read-once.ts'
import { PAGE_SIZE, type VaultResource } from './resources.ts'

/**
 * Every object of a list, page by page. An accepted refusal (a tenant that does not exist) has none. `accepts` names
 * further statuses that mean the same.
 */
export async function* pagesOf(
  client: SystemClient,
  { list, items, skip }: VaultResource,
  tenant: string,
  signal: AbortSignal,
  accepts: readonly number[] = [],
): AsyncGenerator<Wire> {
  const first = list({ tenant, key: '', id: '' })
  for (let at = 0; ; at += PAGE_SIZE) {
    const path = skip === undefined ? first.path : paged(first.path, skip, at)
    const later = at === 0 ? {} : ({ continues: true } as const)
    const operation = { ...first, ...later, path, accepts: [...(first.accepts ?? []), ...accepts] }
    const answer = await client.call(operation, signal)
    if (operation.accepts.includes(answer.status)) return
    const found = client.items(operation, answer, items)
    yield* found
    if (skip === undefined || found.length < PAGE_SIZE) return
  }
}

/** Whole lists by tenant, kept for kinds whose objects can only be found in their list: one read per sweep. */
export class Lists {
  readonly #client: SystemClient
  readonly #resource: VaultResource
  readonly #kept = new Map<string, Once<readonly Wire[]>>()

  constructor(client: SystemClient, resource: VaultResource) {
    this.#client = client
    this.#resource = resource
  }

  get(tenant: string, signal: AbortSignal): Promise<readonly Wire[]> {
    const list = this.#kept.get(tenant) ?? new Once((own) => this.#read(tenant, own))
    this.#kept.set(tenant, list)
    return list.get(signal)
  }

  async #read(tenant: string, signal: AbortSignal): Promise<readonly Wire[]> {
    const all: Wire[] = []
    for await (const raw of pagesOf(this.#client, this.#resource, tenant, signal)) all.push(raw)
    return all
  }

  forget(): void {
    this.#kept.clear()
  }
}

function paged(path: string, skip: string, at: number): string {
  return `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE_SIZE}&${skip}=${at}`
}
