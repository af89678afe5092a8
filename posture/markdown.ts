import { cell, code, proseCell } from '../config/text/markdown.ts'
import { bySubject, countsOf, exceptionOf, postureTitle, saidOf, standingCauses } from './lines.ts'
import type { EnvironmentPosture, Posture, RuleStanding, Standing } from './model.ts'

const MARKS: Readonly<Record<Standing, string>> = {
  holds: '✅ holds',
  violates: '❌ violates',
  excepted: '⏳ excepted',
  'does not apply': 'does not apply',
}

/** The standing of a project as tables, one per tenant or document. Whatever comes from a document is escaped. */
export const postureMarkdown = ({ environments }: Posture): string => environments.flatMap(environmentOf).join('\n\n')

const environmentOf = (environment: EnvironmentPosture): readonly string[] => [
  `## ${code(postureTitle(environment))}`,
  ...[...bySubject(environment.findings)].flatMap(([subject, findings]) => [
    `### ${code(subject)}: ${countsOf(findings)}`,
    ['| | rule | source | because of |', '| --- | --- | --- | --- |', ...findings.map(rowOf)].join('\n'),
  ]),
]

function rowOf(finding: RuleStanding): string {
  const { standing, source } = finding
  const exception = exceptionOf(finding)
  const because = [standingCauses(finding), ...(exception === undefined ? [] : [exception])].map(cell).join('; ')
  return `| ${MARKS[standing]} | ${proseCell(saidOf(finding))} | ${proseCell(source ?? 'the project')} | ${because} |`
}
