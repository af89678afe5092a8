import type { Code } from '../config/errors.ts'
import type { DeletionPolicy } from '../config/kind.ts'
import type { Diagnostic, Pointer } from '../config/resource.ts'
import type { Plan } from '../reconciler/model.ts'
import type { REMOVAL } from '../reconciler/removal-steps.ts'

export type Impact = 'tightens' | 'weakens' | 'neutral'

/** A place in a document, for a person to look at. Lines count from 1. */
export interface DocumentPlace {
  /** `Kind/name`. */
  readonly address: string
  readonly pointer: Pointer
  readonly file?: string
  readonly line?: number
}

/** One field that a document says differently than before. `from` or `to` is absent where it does not name the field. */
export interface FieldChange {
  readonly pointer: Pointer
  readonly from?: unknown
  readonly to?: unknown
  readonly impact: Impact
  readonly file?: string
  readonly line?: number
}

/** What happens to one document: the same object may stand under another address. */
export interface DocumentChange {
  readonly what: 'added' | 'removed' | 'changed' | 'moved'
  readonly address: string
  /** The address before, of a document that was moved. */
  readonly before?: string
  /** What systems tell the object apart by, e.g. `Client acme-web/portal`: two where another object is meant from now on. */
  readonly objects: readonly string[]
  /** What `--prune` does with the first of the objects, where no document describes it any longer. */
  readonly prune?: (typeof REMOVAL)[DeletionPolicy]
  readonly fields: readonly FieldChange[]
  readonly file?: string
  readonly line?: number
}

/** Something that Plumbline would read or reach after the change and not before. It is shown, and never followed here. */
export interface Reach {
  readonly text: string
  readonly place: DocumentPlace
}

/** One change of what a login at a tenant demands, in words. */
export interface PolicyChange {
  readonly tenant: string
  readonly text: string
  readonly impact: Impact
  /** Documents that cause it. */
  readonly causes: readonly DocumentPlace[]
}

/** People who could sign in before and cannot afterwards. */
export interface Lockout {
  readonly tenant: string
  readonly text: string
  readonly causes: readonly DocumentPlace[]
  /** The smallest change that lets them in again, where one field is enough. */
  readonly mend?: string
}

/** What happens to some users of a tenant once the documents are applied. */
export interface UserEffect {
  /** `can no longer sign in`, … */
  readonly what: string
  readonly count: number
  /** Fields that decide. */
  readonly causes: readonly DocumentPlace[]
  /** Ids of the users, where they were asked for. */
  readonly ids?: readonly string[]
}

/** Users of a tenant, counted by the identity service. `users` is absent where it is unknown, and `because` says why. */
export interface TenantImpact {
  readonly tenant: string
  readonly users?: number
  readonly because?: string
  readonly effects: readonly UserEffect[]
}

/** What the systems say to the change: the plan and whom it concerns, or why there is none. */
export type Live = LivePlan | { readonly failure: Failure }

interface LivePlan {
  readonly plan: Plan
  readonly people: readonly TenantImpact[]
}

interface Failure {
  readonly code: Code
  readonly message: string
  readonly help?: string
}

/** What a change does in one environment. */
export interface EnvironmentReview {
  /** Absent: the project has no environments. */
  readonly environment?: string
  /** The environment of the base that it is compared with, where that has another name. */
  readonly comparedWith?: string
  /** Mistakes of the documents; with one nothing else is said. */
  readonly diagnostics: readonly Diagnostic[]
  readonly documents: readonly DocumentChange[]
  readonly reach: readonly Reach[]
  readonly policy: readonly PolicyChange[]
  readonly lockouts: readonly Lockout[]
  /** Present when the systems were asked. */
  readonly live?: Live
}

export type Verdict = 'nothing' | 'safe' | 'weakens' | 'locks out' | 'broken'

/** The whole review. Plain JSON: text, Markdown and SARIF are made of the same value. */
export interface Review {
  readonly base: string
  readonly verdict: Verdict
  /** What the project file says otherwise about what is read and reached. */
  readonly project: readonly Reach[]
  readonly environments: readonly EnvironmentReview[]
}
