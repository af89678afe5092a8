import type { Code, PlumblineError } from '../config/errors.ts'
import type { Day } from '../config/exceptions.ts'
import type { DeletionPolicy } from '../config/kind.ts'
import type { Diagnostic, Pointer } from '../config/resource.ts'
import type { Change, ExternalId, Observed } from './adapter.ts'
import type { Place } from './identity.ts'
import type { ClaimedObject } from './ownership.ts'
import type { SentRequest } from './requests.ts'
import type { Fingerprints, Memo } from './sent-secret.ts'

/** `Kind/name`. */
export type Address = string

/** What we own of one document. It leaves only after a confirmed delete or a recorded retain. */
export interface Entry {
  readonly address: Address
  readonly kind: string
  /** Name of the Connection document. */
  readonly connection: string
  readonly key: string
  readonly tenant?: string
  /** Where the object was seen; absent in entries of older releases: filled at the next look. */
  readonly place?: Place
  /** Absent while a create has been begun and its outcome is not known yet. */
  readonly id?: ExternalId
  readonly memo: Memo
  /** Fields that were applied last; for kinds that own a part of a shared object only. */
  readonly owned?: readonly Pointer[]
  /** Digest of the spec that was last applied: tells drift from an edited document. */
  readonly specDigest?: string
  readonly deletionPolicy: DeletionPolicy
  /** What we hold, or would like to. */
  readonly claim?: ClaimedObject
  /** Somebody else holds the object (see `Ownership`), so it is only watched: who, for people. */
  readonly heldBy?: string
  /** Documents that this one needs, so that deletes run in reverse order. */
  readonly needs: readonly Address[]
}

/** Everything that we own, and the connections whose final action is still due. */
export interface Inventory {
  readonly entries: ReadonlyMap<Address, Entry>
  readonly finalizeDue: ReadonlySet<string>
}

/** What is known of one document's object before planning. */
export type Sight =
  | { readonly state: 'present'; readonly observed: Observed }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly error: PlumblineError }

/** What is there, of an object that was looked at. */
export const observedIn = (sight: Sight): Observed | undefined =>
  sight.state === 'present' ? sight.observed : undefined

export interface Seen {
  readonly sight: Sight
  readonly fingerprints: Fingerprints
  /** The value of the field that `Kind.produces` names is already where it belongs. */
  readonly delivered: boolean
}

/** One look at every document, by address. */
export type Snapshot = ReadonlyMap<Address, Seen>

export type Action =
  | 'create'
  | 'adopt' // take over what is there, and change what differs
  | 'update'
  | 'replace' // delete and create: a create-only field differs
  | 'delete'
  | 'reset'
  | 'forget' // stop managing, keep the object
  | 'move' // another document speaks for the object now: only memory is written
  | 'leave' // its document speaks for another object now, and the policy does not end this one
  | 'report' // differs, and is left so: observed only, or drift that is to be reported
  | 'none'
  | 'blocked'

/** Actions that end the management of an object. */
export const REMOVALS: ReadonlySet<Action> = new Set(['delete', 'reset', 'forget'])

/** A difference that stands until a day, since a DriftException says so. */
export interface ExceptedChange extends Change {
  readonly until: Day
  readonly reason: string
}

/** What happens to one document. Plain JSON: the same value is preview, saved plan, drift report and comment. */
export interface Step {
  readonly action: Action
  readonly address: Address
  readonly kind: string
  readonly connection: string
  readonly key: string
  readonly tenant?: string
  readonly id?: ExternalId
  readonly changes: readonly Change[]
  /** Differences that are left as they are for a while. */
  readonly excepted?: readonly ExceptedChange[]
  /** Of an object that another document spoke for: the address of that one. */
  readonly from?: Address
  /** The document is as it was applied last, so the difference was made elsewhere. */
  readonly drift?: true
  /** Why nothing can be done, or a remark. */
  readonly because?: string
  /** Of a blocked step whose object could not be looked at: the code of the error. */
  readonly code?: Code
  /** Steps that have to be done first. */
  readonly needs: readonly Address[]
  readonly file?: string
  readonly line?: number
}

export interface Plan {
  readonly steps: readonly Step[]
  /** Connections whose final action runs at the end. */
  readonly finalize: readonly string[]
  /** Entries without a document, left alone because pruning was not asked for. */
  readonly orphans: readonly Address[]
  /** Errors stop the whole plan: nothing of it may be applied. */
  readonly diagnostics: readonly Diagnostic[]
  /** SHA-256 over steps, final actions and orphans, hexadecimal. */
  readonly digest: string
}

/** What the person in charge allows. */
export interface Allowance {
  /** Objects whose documents are gone are deleted, reset or forgotten, by their deletion policy. */
  readonly prune: boolean
  readonly allow: ReadonlySet<'delete' | 'replace' | 'empty'>
  /** Largest share of owned objects that one plan may delete, 0 to 1. */
  readonly maxDeleteShare: number
}

export const DEFAULT_ALLOWANCE: Allowance = { prune: false, allow: new Set(), maxDeleteShare: 0.2 }

/** What became of one step. */
export interface Outcome {
  readonly step: Step
  readonly status: 'done' | 'failed' | 'skipped'
  readonly error?: PlumblineError
  /** SHA-256 of what the system showed before and after it was written to, as canonical JSON. */
  readonly digests?: { readonly before?: string; readonly after?: string }
  /** What was sent to change something, in order. */
  readonly requests?: readonly SentRequest[]
}
