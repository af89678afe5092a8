import type { Project } from '../config/project/project.ts'
import type { ALLOWABLE } from '../config/project/schema.ts'
import { type Allowance, DEFAULT_ALLOWANCE } from '../reconciler/model.ts'

export type Allowable = (typeof ALLOWABLE)[number]

/** How much a plan may take away, beyond what the project allows. */
export interface AllowanceOptions {
  /** End the management of objects whose documents are gone, by their deletion policy. */
  readonly prune?: boolean
  /** What the project does not allow by itself: `delete`, `replace`, `empty`. */
  readonly allow?: readonly Allowable[]
}

/** The policy of a run: what the project allows, and what the options add. */
export function allowanceOf({ prune, allow = [] }: AllowanceOptions, guards: Project['guards']): Allowance {
  return {
    prune: prune ?? false,
    allow: new Set<Allowable>([...guards.allow, ...allow]),
    maxDeleteShare: guards.maxDeleteShare ?? DEFAULT_ALLOWANCE.maxDeleteShare,
  }
}
