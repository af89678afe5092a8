import { PlumblineError } from '../../config/errors.ts'
import type { Kind } from '../../config/kind.ts'
import type { Adapter, Change, Created, Desired, Observed, Target } from '../../reconciler/adapter.ts'
import type { Operation, SystemClient } from '../client.ts'
import { encoded } from '../session.ts'
import { CollectionAdapter } from './collection.ts'
import { pagesOf } from './pages.ts'
import { RESOURCES } from './resources.ts'

const RELATION = 'organizationRef'

/** Which organization a tenant belongs to (our own API, secrets-vault-additions): one question per tenant. */
export class TenantOwnership {
  readonly #client: SystemClient

  constructor(client: SystemClient) {
    this.#client = client
  }

  /** A tenant's key may not ask, and another Secrets Vault service has no organizations: the owner stays unknown. */
  async ownerOf(tenant: string, signal: AbortSignal): Promise<string | undefined> {
    const operation: Operation = {
      id: 'getTenantOrganization',
      method: 'GET',
      path: `/v1/tenants/${encoded(tenant)}/organization`,
      accepts: [403, 404],
    }
    const answer = await this.#client.call(operation, signal)
    if (answer.status !== 200) return undefined
    const { organization_id } = this.#client.object(operation, answer)
    return organization_id === null ? undefined : this.#client.text(operation, answer, 'organization_id')
  }

  /** Of all tenants, for a sweep: one question per organization, and none per tenant. Who may not list organizations knows no owner. */
  async all(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const owners = new Map<string, string>()
    for await (const raw of pagesOf(this.#client, RESOURCES.Organization, '', signal, [403])) {
      const key = String(raw[RESOURCES.Organization.key])
      const path = `/v1/organizations/${encoded(key)}/tenants`
      const operation: Operation = { id: 'listOrganizationTenants', method: 'GET', path }
      const answer = await this.#client.call(operation, signal)
      for (const tenant of this.#client.items(operation, answer, 'tenants')) owners.set(String(tenant.tenant_id), key)
    }
    return owners
  }

  /** Moves a tenant: it belongs to one organization at most, so it leaves the former one first. */
  async move(tenant: string, from: string | undefined, to: string, signal: AbortSignal): Promise<void> {
    if (from !== undefined && from !== to) await this.#change('DELETE', from, tenant, signal)
    await this.#change('PUT', to, tenant, signal)
  }

  async #change(method: 'PUT' | 'DELETE', organization: string, tenant: string, signal: AbortSignal): Promise<void> {
    const path = `/v1/organizations/${encoded(organization)}/tenants/${encoded(tenant)}`
    const operation: Operation =
      method === 'PUT' ? { id: 'attachTenant', method, path } : { id: 'detachTenant', method, path, accepts: [404] }
    await this.#client.call(operation, signal)
  }
}

/** Tenants, with the organization they belong to: a relation that travels apart from the tenant. */
export class TenantsAdapter implements Adapter {
  readonly #records: CollectionAdapter
  readonly #ownership: TenantOwnership

  constructor(kind: Kind, client: SystemClient, ownership: TenantOwnership) {
    this.#records = new CollectionAdapter(kind, RESOURCES.Tenant, client)
    this.#ownership = ownership
  }

  async observe(target: Target, signal: AbortSignal): Promise<Observed | undefined> {
    const observed = await this.#records.observe(target, signal)
    const isAsked = target.relations?.includes(`/${RELATION}`) ?? true
    return observed && isAsked ? this.#withOwner(observed, signal) : observed
  }

  async *list(_tenant: string | undefined, signal: AbortSignal): AsyncIterable<Observed> {
    const owners = await this.#ownership.all(signal)
    for await (const observed of this.#records.list(undefined, signal)) yield owned(observed, owners.get(observed.id))
  }

  async #withOwner(observed: Observed, signal: AbortSignal): Promise<Observed> {
    return owned(observed, await this.#ownership.ownerOf(observed.id, signal))
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

const owned = (observed: Observed, id: string | undefined): Observed =>
  id === undefined ? observed : { ...observed, spec: { ...observed.spec, [RELATION]: { id } } }
