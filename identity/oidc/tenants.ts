import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import { PlumblineError } from '../../config/errors.ts'
import { CLIENTS } from '../directory/clients.ts'
import { TENANTS } from '../directory/tenants.ts'
import { GLOBAL } from '../store/store.ts'
import { issuerOf, isTenantId } from './issuer.ts'
import { type KeyRing, openKeyRing } from './keys.ts'
import { knowingClient } from './known-client.ts'
import { LeaseCache } from './lease-cache.ts'
import { KEYS_FRESH } from './lifetimes.ts'
import type { SendNotice } from './logout-notices.ts'
import { buildProvider, type ProviderParts } from './provider.ts'
import type { KeyAlg } from './tenant-key.ts'

/** The provider of one tenant, ready to serve. */
export interface TenantProvider {
  readonly provider: Provider
  readonly sendNotice: SendNotice
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly ring: KeyRing
  /** Milliseconds since 1970 until which it may serve new requests. */
  readonly goodUntil: number
}

/** Providers kept in memory, about 75 kB each. */
const KEPT_PROVIDERS = 500
const KEPT_UNKNOWN = 10_000
const UNKNOWN_MILLISECONDS = 10_000

/** Hears of every provider before its first request. */
export type OpenListener = (tenant: string, provider: Provider) => void

/** A fault inside a provider, for the log of the service. */
export type FaultListener = (error: unknown) => void

/** The providers of a process, one per tenant that is in use. No tenant is looked at before somebody asks for it. */
export class TenantProviders {
  readonly #deps: ProviderParts
  readonly #cache: LeaseCache<TenantProvider>
  /** Ids asked for lately that no tenant has, with the time until which that is believed; the oldest first. */
  readonly #unknown = new Map<string, number>()
  readonly #listeners: OpenListener[] = []
  onFault: FaultListener = () => undefined

  constructor(deps: ProviderParts) {
    this.#deps = deps
    this.#cache = new LeaseCache({
      limit: KEPT_PROVIDERS,
      open: (key) => this.#open(JSON.parse(key)[1]),
      goodUntil: (value) => value.goodUntil,
      now: () => deps.now().getTime(),
    })
  }

  /** Registered before the first request. */
  onOpen(listener: OpenListener): void {
    this.#listeners.push(listener)
  }

  /** How many providers are in memory. */
  get size(): number {
    return this.#cache.size
  }

  /**
   * Runs `work` on the provider of a tenant. `clientId`: the client that the request names, so that a key of its algorithm is there
   * in time: making an RSA key is slow, so a tenant has one only when a client of it asks for RS256. Throws NOT_FOUND for an unknown tenant.
   */
  async use<R>(tenant: string, clientId: string | undefined, work: (value: TenantProvider) => Promise<R>): Promise<R> {
    this.#refuseUnknown(tenant)
    const key = this.#keyOf(tenant)
    return this.#cache.use(key, async (value) => {
      if (clientId === undefined || value.ring.keys.some((k) => k.alg === 'RS256')) return work(value)
      const client = await this.#deps.store.get(CLIENTS, tenant, clientId)
      const workFor = (served: TenantProvider) => knowingClient(client, () => work(served))
      if (client?.sing_alg !== 'RS256') return workFor(value)
      await openKeyRing(this.#deps, tenant, ['RS256'])
      this.#cache.forget(key)
      return this.#cache.use(key, workFor)
    })
  }

  /** The next request sees the tenant as it is stored now: one that was just made, or whose keys were changed. */
  forget(tenant: string): void {
    this.#unknown.delete(tenant)
    this.#cache.forget(this.#keyOf(tenant))
  }

  #keyOf(tenant: string): string {
    return JSON.stringify([issuerOf(this.#deps, tenant), tenant])
  }

  async #open(tenant: string): Promise<TenantProvider> {
    if (!(await this.#deps.store.get(TENANTS, GLOBAL, tenant))) {
      this.#rememberUnknown(tenant)
      throw unknownTenant()
    }
    const ring = await openKeyRing(this.#deps, tenant, ALWAYS)
    const { provider, sendNotice } = buildProvider(this.#deps, tenant, ring)
    for (const listen of this.#listeners) listen(tenant, provider)
    provider.on('grant.success', (ctx) => this.#deps.metrics?.tokensIssued(String(ctx.oidc.params?.grant_type)))
    provider.on('server_error', (_ctx, error) => this.onFault(error))
    provider.on('backchannel.error', (_ctx, error) => this.onFault(error))
    // What Koa itself catches; without a listener it would print it.
    const app: EventEmitter = provider
    app.on('error', (error) => this.onFault(error))
    const goodUntil = Math.min(ring.goodUntil, this.#deps.now().getTime() + KEYS_FRESH * 1000)
    const handle = provider.callback() as TenantProvider['handle']
    return { provider, sendNotice, handle, ring, goodUntil }
  }

  #refuseUnknown(tenant: string): void {
    if (!isTenantId(tenant)) throw unknownTenant()
    const until = this.#unknown.get(tenant)
    if (until === undefined) return
    if (until > this.#deps.now().getTime()) throw unknownTenant()
    this.#unknown.delete(tenant)
  }

  #rememberUnknown(tenant: string): void {
    this.#unknown.set(tenant, this.#deps.now().getTime() + UNKNOWN_MILLISECONDS)
    for (const oldest of this.#unknown.keys()) {
      if (this.#unknown.size <= KEPT_UNKNOWN) return
      this.#unknown.delete(oldest)
    }
  }
}

const ALWAYS: readonly KeyAlg[] = ['EdDSA', 'ECDH-ES']
const unknownTenant = () => new PlumblineError('NOT_FOUND', 'there is no such tenant')
