import { type SarifResult, sarifLog } from '../review/sarif-log.ts'
import { exceptionOf, saidOf } from './lines.ts'
import type { EnvironmentPosture, Posture } from './model.ts'

/** What is violated, as SARIF 2.1.0, and what is excepted as a note. */
export function postureSarif(posture: Posture, version: string): unknown {
  const findings = posture.environments.flatMap(({ findings }) => findings)
  const rules = Object.fromEntries(findings.map(({ rule, says }) => [rule, says]))
  return sarifLog(version, rules, posture.environments.flatMap(resultsOf))
}

function resultsOf({ environment, findings }: EnvironmentPosture): readonly SarifResult[] {
  const where = environment === undefined ? '' : ` in ${environment}`
  const told = findings.filter(({ standing }) => standing === 'violates' || standing === 'excepted')
  return told.map((finding) => {
    const exception = exceptionOf(finding)
    const text = `${finding.subject}${where} breaks the rule that ${saidOf(finding)}`
    return {
      rule: finding.rule,
      level: finding.standing === 'violates' ? 'warning' : 'note',
      text: exception === undefined ? text : `${text}; ${exception}`,
      places: finding.causes,
    }
  })
}
