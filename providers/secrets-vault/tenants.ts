import { PlumblineError } from '../../config/errors.ts'
import type { Kind } from '../../config/kind.ts'
import type { Adapter, Change, Created, Desired, Observed, Target } from '../../reconciler/adapter.ts'
import type { Client, Operation } from '../client.ts'
import { Once } from '../once.ts'
import { encoded } from '../session.ts'
import { Collection } from './collection.ts'
import { pagesOf } from './pages.ts'
import { RESOURCES } from './resources.ts'

const RELATION = 'organizationRef'
const tenants = (organization: string): string => `/v1/organizations/${encoded(organization)}/tenants`

/** Which organization each tenant belongs to, read once per session (our own API, secrets-vault-additions). */
export class Ownership {
  readonly #client: Client
  readonly #owners: Once<Map<string, string>>
  /** Owners as they were known last, also after `forget`: whether one still is takes one question, all take one each. */
  #last = new Map<string, string>()

  constructor(client: Client) {
    this.#client = client
    this.#owners = new Once((signal) => this.#load(signal))
  }

  forget(): void {
    this.#owners.forget()
  }

  async ownerOf(tenant: string, signal: AbortSignal): Promise<string | undefined> {
    const last = this.#owners.kept === undefined ? this.#last.get(tenant) : undefined
    // It belongs to one organization at most, so all others need not be asked.
    if (last !== undefined && (await this.#tenantsOf(last, signal, [403, 404])).includes(tenant)) return last
    return (await this.#owners.get(signal)).get(tenant)
  }

  async #load(signal: AbortSignal): Promise<Map<string, string>> {
    const owners = new Map<string, string>()
    // A tenant's key may not list organizations, and another Secrets Vault service has none: the owner stays unknown.
    for await (const raw of pagesOf(this.#client, RESOURCES.Organization, '', signal, [403])) {
      const key = String(raw[RESOURCES.Organization.key])
      for (const tenant of await this.#tenantsOf(key, signal)) owners.set(tenant, key)
    }
    this.#last = owners
    return owners
  }

  /** Ids of the tenants of an organization; none where the answer is one of the accepted refusals. */
  async #tenantsOf(
    organization: string,
    signal: AbortSignal,
    accepts: readonly number[] = [],
  ): Promise<readonly string[]> {
    const operation: Operation = { id: 'listOrganizationTenants', method: 'GET', path: tenants(organization), accepts }
    const answer = await this.#client.call(operation, signal)
    if (accepts.includes(answer.status)) return []
    return this.#client.items(operation, answer, 'tenants').map((tenant) => String(tenant.tenant_id))
  }

  /** Moves a tenant: it belongs to one organization at most, so it leaves the former one first. */
  async move(tenant: string, from: string | undefined, to: string, signal: AbortSignal): Promise<void> {
    if (from !== undefined && from !== to) await this.#change('DELETE', from, tenant, signal)
    await this.#change('PUT', to, tenant, signal)
    // Reading every organization again after each tenant would take the square of their number.
    this.#last.set(tenant, to)
    const owners = await this.#owners.kept?.catch(() => undefined)
    owners?.set(tenant, to)
  }

  async #change(method: 'PUT' | 'DELETE', organization: string, tenant: string, signal: AbortSignal): Promise<void> {
    const path = `${tenants(organization)}/${encoded(tenant)}`
    const operation: Operation =
      method === 'PUT' ? { id: 'attachTenant', method, path } : { id: 'detachTenant', method, path, accepts: [404] }
    await this.#client.call(operation, signal)
  }
}

/** Tenants, with the organization they belong to: a relation that travels apart from the tenant. */
export class Tenants implements Adapter {
  readonly #records: Collection
  readonly #ownership: Ownership

  constructor(kind: Kind, client: Client, ownership: Ownership) {
    this.#records = new Collection(kind, RESOURCES.Tenant, client)
    this.#ownership = ownership
  }

  async observe(target: Target, signal: AbortSignal): Promise<Observed | undefined> {
    const observed = await this.#records.observe(target, signal)
    return observed && this.#withOwner(observed, signal)
  }

  async *list(_tenant: string | undefined, signal: AbortSignal): AsyncIterable<Observed> {
    for await (const observed of this.#records.list(undefined, signal)) yield this.#withOwner(observed, signal)
  }

  async #withOwner(observed: Observed, signal: AbortSignal): Promise<Observed> {
    const id = await this.#ownership.ownerOf(observed.id, signal)
    return id === undefined ? observed : { ...observed, spec: { ...observed.spec, [RELATION]: { id } } }
  }

  async create(target: Target, desired: Desired, signal: AbortSignal): Promise<Created> {
    const created = await this.#records.create(target, desired, signal)
    const to = ownerIn(desired)
    if (to !== undefined) await this.#ownership.move(created.id, undefined, to, signal).catch(halfMade(target, to))
    return created
  }

  async update(
    target: Target,
    observed: Observed,
    desired: Desired,
    changes: readonly Change[],
    signal: AbortSignal,
  ): Promise<undefined> {
    await this.#records.update(target, observed, desired, changes, signal)
    const to = ownerIn(desired)
    if (to === undefined || !changes.some((c) => c.path === `/${RELATION}`)) return
    await this.#ownership.move(observed.id, ownerIn(observed.spec), to, signal)
  }

  delete(target: Target, observed: Observed, signal: AbortSignal): Promise<void> {
    return this.#records.delete(target, observed, signal)
  }
}

/** Whatever the second call says, the first one has created the tenant. */
const halfMade =
  ({ address }: Target, organization: string) =>
  (cause: PlumblineError): never => {
    const message = `${address} was created, and ${organization} could not be made its organization: ${cause.message}`
    throw new PlumblineError('DIVERGED', message, { cause, retry: cause.retry })
  }

const ownerIn = (spec: Desired): string | undefined => (spec[RELATION] as { id?: string } | undefined)?.id
