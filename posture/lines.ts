import { whereOf } from '../review/lines.ts'
import type { EnvironmentPosture, RuleStanding, Standing } from './model.ts'

export const postureTitle = ({ environment }: EnvironmentPosture): string => environment ?? 'the project'

/** Findings by what they are about, in the order in which they were found. */
export const bySubject = (findings: readonly RuleStanding[]): ReadonlyMap<string, readonly RuleStanding[]> =>
  Map.groupBy(findings, ({ subject }) => subject)

const ORDER: readonly Standing[] = ['holds', 'violates', 'excepted', 'does not apply']
const WORDS: Readonly<Record<Standing, (count: number) => string>> = {
  holds: (count) => `${count} hold`,
  violates: (count) => `${count} violated`,
  excepted: (count) => `${count} excepted`,
  'does not apply': (count) => `${count} do not apply`,
}

/** `9 hold, 2 violated`. */
export function countsOf(findings: readonly RuleStanding[]): string {
  const counts = Map.groupBy(findings, ({ standing }) => standing)
  return ORDER.flatMap((standing) => {
    const count = counts.get(standing)?.length ?? 0
    return count === 0 ? [] : [WORDS[standing](count)]
  }).join(', ')
}

/** The rule, and for whom it is broken. */
export const saidOf = ({ says, who }: RuleStanding): string => (who === undefined ? says : `${says} (not for ${who})`)

/** Fields that decide, with their lines. */
export const standingCauses = ({ causes }: RuleStanding): string =>
  causes.length === 0
    ? 'by default'
    : causes.map((cause) => `${cause.address}${cause.pointer} (${whereOf(cause)})`).join(', ')

/** Who lets the rule be broken, or did. */
export function exceptionOf({ exception, standing }: RuleStanding): string | undefined {
  if (exception === undefined) return undefined
  const { owner, until, reason } = exception
  const ends = standing === 'excepted' ? `until ${until}` : `ended on ${until}`
  return `exception of ${owner}, ${ends}: ${reason}`
}
