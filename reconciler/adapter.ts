import type { Kind, SystemName } from '../config/kind.ts'
import type { Pointer, Spec } from '../config/resource.ts'
import type { Place } from './identity.ts'
import type { Secret } from './secret.ts'
import type { Send } from './send.ts'

/** Id that a system gave to an object (its natural key where the system has no other id). */
export type ExternalId = string

/** One difference between what a document names and what the system has. Secret values never appear. */
export interface Change {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: Pointer
  readonly from?: unknown
  readonly to?: unknown
  /** The values are hidden: only that they differ is known. */
  readonly secret?: true
  /** The system takes the field at creation only. */
  readonly createOnly?: true
  /** What the change does to the safety of logins, from the field's direction. */
  readonly impact: 'tightens' | 'weakens' | 'neutral'
}

/** The object that a call is about. */
export interface Target {
  readonly kind: Kind
  /** `Kind/name` of the document, for messages. */
  readonly address: string
  /** Natural key inside the scope; empty for a singleton. */
  readonly key: string
  /** Tenant id, for kinds whose scope is a tenant. */
  readonly tenant?: string
  /** Id recorded by an earlier apply, or named by `externalRef`. */
  readonly id?: ExternalId
  /** Relations that the document names (`Reference.stored`): no other has to be asked for. Absent: all are wanted. */
  readonly relations?: readonly Pointer[]
  /** Fields that were applied last, for kinds that own a part of a shared object (`Kind.partial`). */
  readonly owned?: readonly Pointer[]
}

/** What a system says about one object, in our words. */
export interface Observed {
  readonly id: ExternalId
  readonly key: string
  /** Tenant id, for kinds whose scope is a tenant. */
  readonly tenant?: string
  /** Readable fields only; a field that the answer lacks is absent. */
  readonly spec: Spec
  /** The answer as it came, for adapters that write whole objects. */
  readonly raw?: unknown
  /** What the system tells of the value that it shows once: another fingerprint is another value. */
  readonly fingerprint?: string
}

/** A value that the system shows once, for the field that `Kind.produces` names. */
export interface Produced {
  readonly produced: Secret
}

export interface Created {
  readonly id: ExternalId
  readonly produced?: Secret
}

/** A spec in which every secret reference that has to be sent is a `Secret`; those that must not be sent are absent. */
export type Desired = Spec

/**
 * One kind in one system. Every call may be repeated. An adapter never compares, retries, logs or sleeps: it sends,
 * reads and translates. Every uncertain answer throws a PlumblineError with its code and retry class.
 */
export interface Adapter {
  /** Never writes. `undefined` is a proven absence. */
  observe(target: Target, signal: AbortSignal): Promise<Observed | undefined>
  /** Throws ALREADY_EXISTS where the system says so; OUTCOME_UNKNOWN when a call that must not be repeated lost its answer. */
  create(target: Target, desired: Desired, signal: AbortSignal): Promise<Created>
  /** Writes the changes and nothing else; `desired` is the whole wanted spec for systems that take whole objects. */
  update(
    target: Target,
    observed: Observed,
    desired: Desired,
    changes: readonly Change[],
    signal: AbortSignal,
  ): Promise<Produced | undefined>
  /** Deletes, or resets where that is the kind's deletion policy. Absent already is success. */
  delete(target: Target, observed: Observed, signal: AbortSignal): Promise<void>
  /** Every object of the kind (in one tenant, for kinds of a tenant). Missing where the system cannot list. */
  list?(tenant: string | undefined, signal: AbortSignal): AsyncIterable<Observed>
}

/** Who holds an object. */
export interface Holder {
  /** Id of the owner. */
  readonly owner: string
  /** The document of the owner that speaks for the object; claims of older releases lack it. */
  readonly address?: string
  /** Who the owner is and where its document is, for people. */
  readonly holder: string
}

/** What may change hands when an object is held. */
export interface Handover {
  /** Other names of the owner. */
  readonly aliases?: readonly string[]
  /** Address of a document of the owner that is gone. */
  readonly movedFrom?: string
  /** Another owner. */
  readonly takeFrom?: string
}

/** The book of who manages what, where a system keeps one. Every call may be repeated. */
export interface ClaimBook {
  /** Takes hold of what nobody holds, or what may change hands. Returns who holds it then; `undefined`: no book is kept here. */
  hold(object: string, by: Holder, handover: Handover, signal: AbortSignal): Promise<Holder | undefined>
  /** Gives up what the owner holds; with an address, only while that speaks for the object. */
  release(object: string, by: Pick<Holder, 'owner' | 'address'>, signal: AbortSignal): Promise<void>
  /** Who holds what, all owners, by object; `undefined`: no book is kept here. */
  list(signal: AbortSignal): Promise<ReadonlyMap<string, Holder> | undefined>
}

/** Everything behind one Connection. */
export interface Session {
  adapter(kind: Kind): Adapter
  readonly claims?: ClaimBook
  /** Where the objects live, when the system or the credentials tell more than the base URL. May be repeated; never writes. */
  place?(signal: AbortSignal): Promise<Place>
  /** The final action after writes of kinds marked `finalize` (CIM: one extension reload). */
  finalize?(signal: AbortSignal): Promise<void>
  /** Forgets what was read, so that the next observation asks the system. */
  refresh(): void
}

/** Resolved credentials of a Connection: our field name → secret. */
export type Credentials = Readonly<Record<string, Secret>>

export interface ConnectOptions {
  /** Base URL under which the contract's paths hold, without a trailing slash. */
  readonly baseUrl: string
  readonly credentials: Credentials
  /** Reads the credentials from their sources again, e.g. after a system called them expired. */
  readonly renewCredentials: () => Promise<Credentials>
  /** Where access tokens are issued, when the Connection names it. */
  readonly tokenUrl?: string
  /** Already rate limited for this connection. A lost or late answer rejects. */
  readonly fetch: Send
  readonly now: () => Date
  /** Repeats a request that only reads, by the retry class of its errors; absent: it is sent once. */
  readonly repeat?: Repeat
}

/** `continues`: other requests of the same read were answered before, and are not sent again. */
export type Repeat = <T>(request: () => Promise<T>, signal: AbortSignal, continues: boolean) => Promise<T>

/** One external system. A new one is a folder under providers/ and a line in its registry. */
export interface System {
  readonly name: SystemName
  /** Writes at once per connection: a system without ETags that has one shared document takes 1. */
  readonly parallelWrites: number
  connect(options: ConnectOptions): Session
}
