import { PlumblineError } from '../config/errors.ts'
import type { SystemName } from '../config/kind.ts'
import { CONSENT } from '../config/project/trust.ts'
import { connectionPlace, type Index, referencedKey } from '../config/references.ts'
import { addressOf, type Resource } from '../config/resource.ts'
import type { ConnectOptions, Credentials, Session, System } from './adapter.ts'
import { within } from './deadline.ts'
import { digestOf } from './digest.ts'
import { type Place, placeOfUrl } from './identity.ts'
import { type RateLimit, TokenBucket } from './rate-limit.ts'
import { type Clock, patientOnce, repeatWith, systemClock, withRetry } from './retry.ts'
import { Secret } from './secret.ts'
import type { SecretReference, SecretSource } from './secret-source.ts'
import { type Send, sendOverNetwork } from './send.ts'

/** Base URL of the runtime in this process: a name that no network resolves. */
export const EMBEDDED_BASE_URL = 'http://embedded.invalid'

/** Where a system's contract is served below the embedded runtime, per organization. */
const EMBEDDED_SEGMENT: Readonly<Record<Exclude<SystemName, 'SecretsVault'>, string>> = {
  Pigello: 'pigello',
  OneWelcomeCim: 'cim',
  SailPoint: 'sailpoint',
  Navixy: 'navixy',
}

const DEFAULT_TIMEOUT_SECONDS = 30
const DEFAULT_RATE: RateLimit = { requestsPerSecond: 1_000 }

interface ConnectionSpec {
  readonly system: SystemName
  readonly endpoint: string
  readonly tokenUrl?: string
  readonly credentials?: Readonly<Record<string, SecretReference>>
  readonly rateLimit?: RateLimit
  readonly timeoutSeconds?: number
  readonly management?: 'Full' | 'Paused'
}

export interface EmbeddedRuntime {
  readonly fetch: Send
  /** What a Connection without credentials authenticates with; absent where documents are not its operator's. */
  readonly adminKey?: string | undefined
}

export interface ConnectionsOptions {
  readonly index: Index
  readonly systems: ReadonlyMap<string, System>
  readonly secrets: SecretSource
  /** Opens the runtime in this process; called at most once, when a Connection says `embedded`. */
  readonly embedded: () => Promise<EmbeddedRuntime>
  /** Network calls of all other Connections (default: `sendOverNetwork`). */
  readonly fetch?: Send
  readonly clock?: Clock
  /** Connections that are not followed, by their `connectionName`: why. Their secrets are not read, and nothing is sent. */
  readonly refused?: ReadonlyMap<string, string>
}

/** What a Connection document stands for. */
export interface Connected {
  readonly name: string
  readonly session: Session
  readonly parallelWrites: number
  readonly paused: boolean
  /** For calls of its system. */
  readonly clock: Clock
  /** Where the objects behind it live. Asked once; throws what kept the system from telling, with retries behind it. */
  place(signal: AbortSignal): Promise<Place>
}

/** What observing and applying need of a `Runtime`. */
export type ConnectionAccess = Pick<Connections, 'clock' | 'secrets' | 'connection' | 'refresh'>

/** Opens one session per Connection document and keeps it. Connections of one credential share one token bucket. */
export class Connections {
  readonly clock: Clock
  readonly secrets: SecretSource
  readonly #options: ConnectionsOptions
  readonly #sessions = new Map<string, Promise<Connected>>()
  readonly #buckets = new Map<string, TokenBucket>()
  #embedded: Promise<EmbeddedRuntime> | undefined

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.clock = options.clock ?? systemClock
    this.secrets = options.secrets
  }

  /** The session of a Connection, by its `connectionName`. Throws UNRESOLVED_REFERENCE or UNRESOLVED_SECRET; nothing is sent here. */
  connection(name: string): Promise<Connected> {
    const found = this.#sessions.get(name)
    if (found !== undefined) return found
    const opened = this.#open(name)
    this.#sessions.set(name, opened)
    // What failed, e.g. because a secret was not there yet, is tried anew the next time.
    opened.catch(() => this.#sessions.delete(name))
    return opened
  }

  /** Every session forgets what it has read. */
  async refresh(): Promise<void> {
    const sessions = await Promise.allSettled(this.#sessions.values())
    for (const s of sessions) if (s.status === 'fulfilled') s.value.session.refresh()
  }

  async #open(name: string): Promise<Connected> {
    const { spec } = this.#document(name)
    const system = this.#options.systems.get(spec.system)
    if (system === undefined) throw new PlumblineError('INVALID_DOCUMENT', `no provider speaks ${spec.system}`)
    const clock = patientOnce(this.clock)
    const options = { ...(await this.access(name)), repeat: repeatWith(clock) }
    const session = system.connect(options)
    const paused = spec.management === 'Paused'
    const place = this.#placeBehind(session, options, clock)
    return { name, session, parallelWrites: system.parallelWrites, paused, clock, place }
  }

  #placeBehind(session: Session, { baseUrl }: ConnectOptions, clock: Clock): Connected['place'] {
    let known: Promise<Place> | undefined
    const place = session.place?.bind(session)
    // Without a request there is no answer that would show that the system is there.
    const ask = async (signal: AbortSignal): Promise<Place> =>
      place === undefined ? placeOfUrl(baseUrl) : withRetry(() => place(signal), clock, signal)
    return async (signal) => {
      const asked = known ?? ask(signal)
      known = asked
      try {
        return await asked
      } catch (error) {
        if (known === asked) known = undefined
        throw error
      }
    }
  }

  #document(name: string): { readonly document: Resource; readonly spec: ConnectionSpec } {
    const why = this.#options.refused?.get(name)
    if (why !== undefined) throw notFollowed(name, why)
    const place = connectionPlace(name)
    const document = this.#options.index.find('Connection', place.name, place.namespace)
    if (document === undefined) throw new PlumblineError('UNRESOLVED_REFERENCE', `there is no Connection ${name}`)
    return { document, spec: document.spec as unknown as ConnectionSpec }
  }

  /** How the system behind a Connection is reached, for operations that no adapter has. Throws as `connection` does. */
  async access(name: string): Promise<ConnectOptions> {
    const { document, spec } = this.#document(name)
    const credentials = await this.#credentials(spec)
    return {
      baseUrl: this.#baseUrl(document, spec),
      credentials,
      renewCredentials: () => this.#credentials(spec),
      ...(spec.tokenUrl === undefined ? {} : { tokenUrl: spec.tokenUrl }),
      fetch: await this.#fetch(spec, credentials),
      now: () => new Date(this.clock.now()),
      repeat: repeatWith(this.clock),
    }
  }

  async #credentials(spec: ConnectionSpec): Promise<Credentials> {
    if (spec.credentials === undefined && spec.endpoint === 'embedded') return this.#ownCredentials()
    const entries = Object.entries(spec.credentials ?? {}).map(async ([field, reference]) => {
      return [field, await this.secrets(reference)] as const
    })
    return Object.fromEntries(await Promise.all(entries))
  }

  async #ownCredentials(): Promise<Credentials> {
    const { adminKey } = await this.#openEmbedded()
    if (adminKey !== undefined) return { apiKey: new Secret(adminKey) }
    throw new PlumblineError(
      'UNRESOLVED_SECRET',
      'the administrator key of the embedded service is not available here',
      {
        help: 'Name it in credentials.apiKey of the Connection.',
      },
    )
  }

  #baseUrl(document: Resource, spec: ConnectionSpec): string {
    if (spec.endpoint !== 'embedded') return spec.endpoint.replace(/\/+$/, '')
    if (spec.system === 'SecretsVault') return EMBEDDED_BASE_URL
    const organization = referencedKey(document, 'Organization', this.#options.index)
    if (organization === undefined)
      throw new PlumblineError('UNRESOLVED_REFERENCE', `the Organization of the ${addressOf(document)} does not exist`)
    return `${EMBEDDED_BASE_URL}/orgs/${encodeURIComponent(organization)}/${EMBEDDED_SEGMENT[spec.system]}`
  }

  async #fetch(spec: ConnectionSpec, credentials: Credentials): Promise<Send> {
    const send =
      spec.endpoint === 'embedded' ? (await this.#openEmbedded()).fetch : (this.#options.fetch ?? sendOverNetwork)
    const bucket = this.#bucket(spec, credentials)
    const timeoutMs = (spec.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1_000
    return async (url, request) => {
      await bucket.take(request.signal)
      return within(timeoutMs, request.signal, (signal) => send(url, { ...request, signal }))
    }
  }

  #openEmbedded(): Promise<EmbeddedRuntime> {
    this.#embedded ??= this.#options.embedded()
    return this.#embedded
  }

  #bucket(spec: ConnectionSpec, credentials: Credentials): TokenBucket {
    const place = digestOf([spec.endpoint, fingerprints(credentials)])
    const found = this.#buckets.get(place) ?? new TokenBucket(spec.rateLimit ?? DEFAULT_RATE, this.clock)
    this.#buckets.set(place, found)
    return found
  }
}

const fingerprints = (credentials: Readonly<Record<string, Secret>>): readonly string[] =>
  Object.entries(credentials)
    .map(([field, secret]) => `${field} ${secret.fingerprint('bucket')}`)
    .sort()

const notFollowed = (name: string, why: string): PlumblineError =>
  new PlumblineError('REFUSED', `the Connection ${name} is not followed: ${why}`, { help: CONSENT })
