import type { LoadedProject } from '../config/project/project.ts'
import type { EnvironmentReview, PolicyChange, Review } from '../review/model.ts'
import { verdictOf } from '../review/review.ts'
import { judge } from './judge.ts'
import { saidOf } from './lines.ts'
import type { RuleStanding } from './model.ts'

interface Revisions {
  readonly base: LoadedProject | undefined
  readonly head: LoadedProject
}

/**
 * The review with the rules of the project that the change breaks and that held before. The rules and exceptions of the base
 * count, and rules that are new; an exception that the change brings itself counts once it is merged.
 */
export function withRules(found: Review, revisions: readonly Revisions[], day: string): Review {
  const environments = found.environments.map((environment, i) => {
    const broken = brokenBy(environment, revisions[i], day)
    return broken.length === 0 ? environment : { ...environment, policy: [...environment.policy, ...broken] }
  })
  return { ...found, verdict: verdictOf(environments), environments }
}

function brokenBy(
  { environment, diagnostics }: EnvironmentReview,
  revisions: Revisions | undefined,
  day: string,
): readonly PolicyChange[] {
  if (revisions === undefined || diagnostics.some(({ severity }) => severity === 'error')) return []
  const { base, head } = revisions
  const named = environment === undefined ? {} : { environment }
  const rules = new Map([...head.project.posture.rules, ...(base?.project.posture.rules ?? [])].map((r) => [r.id, r]))
  const exceptions = base?.project.posture.exceptions ?? []
  const violated = ({ resources }: LoadedProject): readonly RuleStanding[] =>
    judge({ resources, ...named }, [...rules.values()], exceptions, day).filter((f) => f.standing === 'violates')
  const before = new Set((base === undefined ? [] : violated(base)).map(placeOf))
  return violated(head)
    .filter((finding) => !before.has(placeOf(finding)))
    .map(changeOf)
}

const placeOf = ({ rule, subject }: RuleStanding): string => `${rule} ${subject}`

const changeOf = (finding: RuleStanding): PolicyChange => ({
  tenant: finding.subject,
  text: `breaks the rule that ${saidOf(finding)}`,
  impact: 'weakens',
  causes: finding.causes,
})
