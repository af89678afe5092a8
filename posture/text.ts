import { onOneLine } from '../config/text/printable.ts'
import { bySubject, countsOf, exceptionOf, postureTitle, saidOf, standingCauses } from './lines.ts'
import type { EnvironmentPosture, Posture, RuleStanding, Standing } from './model.ts'

/** Paints a word by what it says. */
export type Paint = (standing: Standing, word: string) => string

const WIDTH = 'does not apply'.length

/** The standing of a project for a terminal: a table per tenant or document, and under what is broken, why. */
export const postureText = ({ environments }: Posture, paint: Paint): string =>
  environments
    .flatMap((environment) => [`${onOneLine(postureTitle(environment))}:`, ...environmentOf(environment, paint), ''])
    .join('\n')
    .trimEnd()

const environmentOf = ({ findings }: EnvironmentPosture, paint: Paint): readonly string[] =>
  [...bySubject(findings)].flatMap(([subject, mine]) => [
    `  ${onOneLine(subject)}: ${countsOf(mine)}`,
    // A document that keeps every rule about it needs no table.
    ...(mine.every(({ standing }) => standing === 'holds') ? [] : mine.flatMap((finding) => findingOf(finding, paint))),
  ])

function findingOf(finding: RuleStanding, paint: Paint): readonly string[] {
  const { standing, rule, source } = finding
  const head = `    ${paint(standing, standing.padEnd(WIDTH))}  ${onOneLine(rule)}: ${onOneLine(saidOf(finding))}`
  if (standing === 'holds' || standing === 'does not apply') return [head]
  const indent = ' '.repeat(6 + WIDTH)
  const exception = exceptionOf(finding)
  return [
    head,
    `${indent}because of ${onOneLine(standingCauses(finding))}`,
    ...(source === undefined ? [] : [`${indent}${onOneLine(source)}`]),
    ...(exception === undefined ? [] : [`${indent}${onOneLine(exception)}`]),
  ]
}
