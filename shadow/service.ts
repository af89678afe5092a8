import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kindOf } from '../config/kinds/index.ts'
import { keyOf, resolve } from '../config/references.ts'
import { placedAddressOf, type Resource } from '../config/resource.ts'
import { TENANTS } from '../identity/directory/tenants.ts'
import { fetchOf } from '../identity/embedded.ts'
import { clientKeySet } from '../identity/federation/keys.ts'
import { type FederatedLogin, federatedLogins } from '../identity/federation/methods.ts'
import { readOutbox } from '../identity/platform/mail/outbox.ts'
import { openService, type Service } from '../identity/service.ts'
import { IN_MEMORY } from '../identity/store/open.ts'
import { GLOBAL } from '../identity/store/store.ts'
import { SYSTEMS } from '../providers/registry.ts'
import { apply } from '../reconciler/apply.ts'
import { Connections } from '../reconciler/connections.ts'
import { afterNamed, factsOf } from '../reconciler/facts.ts'
import { lookAtAll } from '../reconciler/look-at-all.ts'
import { MemoryLedger } from '../reconciler/memory-ledger.ts'
import type { Allowance, Outcome } from '../reconciler/model.ts'
import type { Deliveries } from '../reconciler/observe.ts'
import { plan } from '../reconciler/plan.ts'
import { ruleCheck } from '../reconciler/rule-check.ts'
import type { Agent } from '../signin/agent.ts'
import { madeUpSecrets, namesSaml, shadowed, withTrust } from './documents.ts'
import { lacksSecret } from './openid-providers.ts'
import { SHADOW_HOST, SHADOW_PASSWORD } from './place.ts'
import { ShadowProviders } from './providers.ts'

/** It is nobody's: everything may be taken away. */
const POLICY: Allowance = { prune: true, allow: new Set(['delete', 'replace', 'empty']), maxDeleteShare: 1 }

/** What is delivered goes nowhere. */
const NOWHERE: Deliveries = { has: async () => true, requireOpen: async () => {}, put: async () => {} }

/** More than can be sent to others meanwhile. */
const MOST_MESSAGES = 100
/** A client secret that no provider here looks at. */
const MADE_UP = 'made-up-secret-of-a-trial'
const A_LITTLE_MORE_THAN_AN_HOUR = 61 * 60 * 1000

interface Clock {
  /** Milliseconds before the time of day. */
  ahead: number
}

interface Parts {
  readonly url: string
  readonly folder: string
  readonly clock: Clock
  readonly providers: ShadowProviders
  readonly signal: AbortSignal
}

/** The identity service with nobody in it, on a loopback address, that documents are applied to for a trial. */
export class ShadowService {
  readonly service: Service
  readonly url: string
  readonly #folder: string
  readonly #ledger = new MemoryLedger()
  readonly signal: AbortSignal
  /** Devices of people, by tenant and name, that stay signed in. */
  readonly devices = new Map<string, Agent>()

  readonly #clock: Clock
  #hash: Promise<string> | undefined
  readonly providers: ShadowProviders

  private constructor(service: Service, { url, folder, clock, providers, signal }: Parts) {
    this.service = service
    this.url = url
    this.#folder = folder
    this.#clock = clock
    this.providers = providers
    this.signal = signal
  }

  static async open(signal: AbortSignal): Promise<ShadowService> {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-shadow-'))
    // Each person signs in from an address of their own, as on the network.
    const clock = { ahead: 0 }
    const now = (): Date => new Date(Date.now() + clock.ahead)
    const providers = new ShadowProviders(now, (organization) => clientKeySet(service.deps, organization))
    const options = { dataFolder: folder, trustedProxies: ['127.0.0.1', '::1'], now, outside: providers.world }
    const service: Service = await openService({ ...options, store: IN_MEMORY })
    const url = await service.listen({ host: SHADOW_HOST, port: 0 })
    return new ShadowService(service, { url, folder, clock, providers, signal })
  }

  /** An hour passes: nobody has to wait for another code because of the last one. */
  anHourLater(): void {
    this.#clock.ahead += A_LITTLE_MORE_THAN_AN_HOUR
  }

  get adminKey(): string {
    return this.service.createdAdminKey ?? ''
  }

  /** Makes the service agree with documents. Returns what could not be done. */
  async bring(documents: readonly Resource[]): Promise<readonly Outcome[]> {
    const resources = await this.#trusted(shadowed(documents))
    const index = resolve(resources)
    const managed = resources.filter((r) => kindOf(r.kind)?.system !== undefined)
    const facts = afterNamed(managed.map((r) => factsOf(r, index, undefined, placedAddressOf)))
    const embedded = { fetch: fetchOf(this.service.app), adminKey: this.adminKey }
    const connections = new Connections({
      index,
      systems: SYSTEMS,
      secrets: madeUpSecrets,
      embedded: async () => embedded,
    })
    const context = { connections, deliveries: NOWHERE, fingerprintKey: 'shadow', signal: this.signal }
    const { entries, due: finalizeDue } = this.#ledger
    const { matched, snapshot } = await lookAtAll({ documents: facts, entries, context })
    const made = plan({ matched, snapshot, finalizeDue, allowance: POLICY, rules: ruleCheck })
    const failed: Outcome[] = []
    for await (const outcome of apply({ plan: made, matched, ledger: this.#ledger, context, rules: ruleCheck }))
      if (outcome.status === 'failed') failed.push(outcome)
    await this.#fillKeystores(resources)
    return failed
  }

  /** Providers of a trial have a key of their own, which the documents cannot know. */
  async #trusted(resources: readonly Resource[]): Promise<readonly Resource[]> {
    if (!namesSaml(resources)) return resources
    const { certificate } = await this.providers.keys.provider()
    return withTrust(resources, new X509Certificate(certificate).raw.toString('base64'))
  }

  /** Keys are in no document, and some client secrets neither: each name has one. */
  async #fillKeystores(resources: readonly Resource[]): Promise<void> {
    const { deps } = this.service
    for (const tenant of resources.filter(({ kind }) => kind === 'Tenant'))
      for (const login of await federatedLogins(deps, keyOf(tenant))) {
        await this.providers.keys.fill(deps, login.organization, login.spec)
        if (lacksSecret(login)) await this.#giveSecret(login)
      }
  }

  async #giveSecret({ organization, id }: FederatedLogin): Promise<void> {
    const path = `/v1/organizations/${organization}/login-methods/${id}/client-secret`
    await this.call('PUT', path, { client_secret: MADE_UP })
  }

  /** Those tenants that the service has taken. */
  async thereOf<T extends { readonly tenant: string }>(all: readonly T[]): Promise<readonly T[]> {
    const { store } = this.service.deps
    const found = await Promise.all(all.map(({ tenant }) => store.get(TENANTS, GLOBAL, tenant)))
    return all.filter((_, i) => found[i] !== undefined)
  }

  /** One hash of the password of everybody. */
  passwordHash(): Promise<string> {
    this.#hash ??= this.service.deps.passwordHashing.hash(SHADOW_PASSWORD)
    return this.#hash
  }

  /** Calls the service as its administrator. */
  async call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-api-key': this.adminKey, 'content-type': 'application/json' },
      signal: this.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  /** The newest message of a tenant to an address, a number or a name; `undefined` when there is none. */
  async messageTo(tenant: string, receiver: string): Promise<string | undefined> {
    const messages = await readOutbox(this.service.deps, tenant, MOST_MESSAGES)
    return messages.find(({ to }) => to === receiver)?.text
  }

  async close(): Promise<void> {
    await this.service.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
