import type { Project } from '../config/project/project.ts'
import type { ALLOWABLE } from '../config/project/schema.ts'
import { DEFAULT_POLICY, type Policy } from '../reconciler/model.ts'

export type Allowable = (typeof ALLOWABLE)[number]

/** How much a plan may take away, beyond what the project allows. */
export interface PolicyOptions {
  /** End the management of objects whose documents are gone, by their deletion policy. */
  readonly prune?: boolean
  /** What the project does not allow by itself: `delete`, `replace`, `empty`. */
  readonly allow?: readonly Allowable[]
}

/** The policy of a run: what the project allows, and what the options add. */
export function runPolicy({ prune, allow = [] }: PolicyOptions, guards: Project['guards']): Policy {
  return {
    prune: prune ?? false,
    allow: new Set<Allowable>([...guards.allow, ...allow]),
    maxDeleteShare: guards.maxDeleteShare ?? DEFAULT_POLICY.maxDeleteShare,
  }
}
