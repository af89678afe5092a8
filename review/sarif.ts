import type { EnvironmentReview, Review } from './model.ts'
import { type SarifResult, sarifLog } from './sarif-log.ts'

const RULES = {
  lockout: 'People can no longer sign in',
  weakening: 'A login demands less than before',
  reach: 'The change reads or reaches something new',
  mistake: 'A document has a mistake',
} as const
type RuleId = keyof typeof RULES

type Result = SarifResult & { readonly rule: RuleId }

/** The review as SARIF 2.1.0 (OASIS), for code scanning: results on the lines of YAML that cause them. */
export const reviewSarif = (review: Review, version: string): unknown =>
  sarifLog(version, RULES, review.environments.flatMap(resultsOf))

function resultsOf(environment: EnvironmentReview): readonly Result[] {
  const where = environment.environment === undefined ? '' : ` in ${environment.environment}`
  return [
    ...environment.diagnostics.map(
      (d): Result => ({
        rule: 'mistake',
        level: d.severity === 'error' ? 'error' : 'warning',
        text: d.message,
        places: [d],
      }),
    ),
    ...environment.lockouts.map(
      ({ tenant, text, causes }): Result => ({
        rule: 'lockout',
        level: 'error',
        text: `${tenant}${where}: ${text}`,
        places: causes,
      }),
    ),
    ...environment.policy
      .filter(({ impact }) => impact === 'weakens')
      .map(
        ({ tenant, text, causes }): Result => ({
          rule: 'weakening',
          level: 'warning',
          text: `${tenant}${where}: ${text}`,
          places: causes,
        }),
      ),
    ...environment.reach.map(({ text, place }): Result => ({ rule: 'reach', level: 'note', text, places: [place] })),
  ]
}
