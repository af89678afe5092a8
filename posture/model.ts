import type { DocumentPlace } from '../review/model.ts'

/** What a rule speaks about: a login at a tenant, or every document of one kind. */
type Subject = 'Login' | (string & {})

/** Something that has to hold, in the Common Expression Language (CEL). */
export interface PostureRule {
  readonly id: string
  /** What holds, for people: `a login takes two factors`. */
  readonly says: string
  /** Standard and section that demand it; absent: the project itself. */
  readonly source?: string
  readonly about: Subject
  /** CEL that says where the rule applies (default: everywhere). */
  readonly when?: string
  /** CEL that is true where the rule holds. */
  readonly cel: string
}

/** Who lets a rule be broken, until when, and why. */
export interface Exception {
  readonly rule: string
  /** Tenant, or `Kind/name` of a document (default: all). */
  readonly subject?: string
  /** Environment (default: all). */
  readonly environment?: string
  readonly owner: string
  /** Last day on which it counts, as YYYY-MM-DD (UTC). */
  readonly until: string
  readonly reason: string
}

export type Standing = 'holds' | 'violates' | 'excepted' | 'does not apply'

/** How one rule stands for one tenant or document. */
export interface RuleStanding {
  readonly rule: string
  readonly says: string
  readonly source?: string
  /** Id of a tenant, or `Kind/name` of a document. */
  readonly subject: string
  readonly standing: Standing
  /** Whose logins break it; absent: everybody's, or it is no matter of logins. */
  readonly who?: string
  /** Fields that decide; empty where a default of the system does. */
  readonly causes: readonly DocumentPlace[]
  /** That counts, or that counted until its last day. */
  readonly exception?: Pick<Exception, 'owner' | 'until' | 'reason'>
}

export interface EnvironmentPosture {
  /** Absent: the project has no environments. */
  readonly environment?: string
  readonly findings: readonly RuleStanding[]
}

/** The standing of a whole project. Plain JSON: every report is made of the same value. */
export interface Posture {
  /** Day for which exceptions were judged, as YYYY-MM-DD (UTC). */
  readonly day: string
  readonly environments: readonly EnvironmentPosture[]
}
