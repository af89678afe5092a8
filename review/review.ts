import type { LoadedProject } from '../config/project/project.ts'
import { compareDocuments } from './compare.ts'
import { lockouts } from './lockout.ts'
import type { EnvironmentReview, Reach, Review, Verdict } from './model.ts'
import { ownLockouts } from './own-access.ts'
import { policyChanges } from './policy.ts'
import { newReach } from './reach.ts'
import { settingsByTenant, withOldNames } from './settings.ts'

/** One environment in two revisions; without `base` the environment is new. */
export interface Revisions {
  readonly environment?: string
  /** Name of the environment in the base, where that is another one. */
  readonly comparedWith?: string
  readonly base: Pick<LoadedProject, 'resources'> | undefined
  readonly head: Pick<LoadedProject, 'resources' | 'diagnostics'>
}

/** What a change does, from the documents alone: no network, no secret, nothing outside the project. Pure. */
export function review(base: string, revisions: readonly Revisions[], project: readonly Reach[] = []): Review {
  const environments = revisions.map(reviewOne)
  return { base, verdict: verdictOf(environments), project, environments }
}

function reviewOne({ environment, comparedWith, base, head }: Revisions): EnvironmentReview {
  const named = {
    ...(environment !== undefined && { environment }),
    ...(comparedWith !== undefined && { comparedWith }),
  }
  const broken = head.diagnostics.some(({ severity }) => severity === 'error')
  if (broken) return { ...named, diagnostics: head.diagnostics, documents: [], reach: [], policy: [], lockouts: [] }
  const before = base?.resources ?? []
  const [was, is] = [settingsByTenant(before), settingsByTenant(head.resources)]
  const tenants = [...is.values()].map((after) => {
    const before = was.get(after.tenant)
    return { before, after: before === undefined ? after : withOldNames(after, before) }
  })
  return {
    ...named,
    diagnostics: head.diagnostics,
    documents: compareDocuments(before, head.resources),
    reach: newReach(before, head.resources),
    policy: tenants.flatMap((t) => (t.before === undefined ? [] : policyChanges(t.before, t.after))),
    lockouts: [...tenants.flatMap((t) => lockouts(t.before, t.after)), ...ownLockouts(before, head.resources)],
  }
}

/** What all environments come to. */
export function verdictOf(environments: readonly EnvironmentReview[]): Verdict {
  const some = (test: (e: EnvironmentReview) => boolean): boolean => environments.some(test)
  if (some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error'))) return 'broken'
  if (some((e) => e.lockouts.length > 0)) return 'locks out'
  if (some(weakens)) return 'weakens'
  return some((e) => e.documents.length > 0) ? 'safe' : 'nothing'
}

/** A policy that demands less, or a field whose direction says so where no policy is made of it. */
const weakens = ({ policy, documents }: EnvironmentReview): boolean =>
  policy.some(({ impact }) => impact === 'weakens') ||
  documents.some(({ fields }) => fields.some(({ impact }) => impact === 'weakens'))
