import { PlumblineError } from '../config/errors.ts'
import { didYouMean } from '../config/load/suggest.ts'
import type { LoadedProject } from '../config/project/project.ts'
import { BASELINE } from './baseline.ts'
import { judge } from './judge.ts'
import type { EnvironmentPosture, Posture, PostureRule, RuleStanding } from './model.ts'

/** How a project stands, from its documents alone, on a day (YYYY-MM-DD, UTC). Throws INVALID_DOCUMENT for a rule that cannot be evaluated. */
export const postureOf = (projects: readonly LoadedProject[], day: string): Posture => ({
  day,
  environments: projects.map((loaded) => inEnvironment(loaded, day)),
})

function inEnvironment({ project, resources }: LoadedProject, day: string): EnvironmentPosture {
  const { environment, posture } = project
  const named = environment === undefined ? {} : { environment }
  return { ...named, findings: judge({ resources, ...named }, rulesOf(project), posture.exceptions, day) }
}

/** Built-in rules but for those that the project leaves out, then its own. */
function rulesOf({ file, posture }: LoadedProject['project']): readonly PostureRule[] {
  const all = [...BASELINE, ...posture.rules]
  const known = all.map(({ id }) => id)
  const unknown = [...posture.without, ...posture.exceptions.map(({ rule }) => rule)].find((id) => !known.includes(id))
  if (unknown !== undefined)
    throw new PlumblineError('INVALID_DOCUMENT', `${file}: there is no rule ${unknown}${didYouMean(unknown, known)}`)
  return all.filter(({ id }) => !posture.without.includes(id))
}

export const violations = ({ environments }: Posture): readonly RuleStanding[] =>
  environments.flatMap(({ findings }) => findings.filter(({ standing }) => standing === 'violates'))
