import type { DocumentPlace, EnvironmentReview } from './model.ts'

/** What is found in a review, by the rule that finds it. */
export const REVIEW_RULES = {
  lockout: 'People can no longer sign in',
  weakening: 'A login demands less than before',
  reach: 'The change reads or reaches something new',
  mistake: 'A document has a mistake',
} as const
type RuleId = keyof typeof REVIEW_RULES

/** Something to look at, on the lines that cause it. */
export interface Finding {
  readonly rule: RuleId
  readonly level: 'error' | 'warning' | 'note'
  readonly text: string
  readonly places: readonly Partial<Omit<DocumentPlace, 'pointer'>>[]
}

/** Every finding of an environment, mistakes first. */
export function findingsOf(environment: EnvironmentReview): readonly Finding[] {
  const { diagnostics, lockouts, policy, reach } = environment
  const where = environment.environment === undefined ? '' : ` in ${environment.environment}`
  return [
    ...diagnostics.map((d): Finding => {
      const level = d.severity === 'error' ? 'error' : 'warning'
      return { rule: 'mistake', level, text: d.message, places: [d] }
    }),
    ...lockouts.map(({ tenant, text, causes }): Finding => {
      return { rule: 'lockout', level: 'error', text: `${tenant}${where}: ${text}`, places: causes }
    }),
    ...policy
      .filter(({ impact }) => impact === 'weakens')
      .map(({ tenant, text, causes }): Finding => {
        return { rule: 'weakening', level: 'warning', text: `${tenant}${where}: ${text}`, places: causes }
      }),
    ...reach.map(({ text, place }): Finding => ({ rule: 'reach', level: 'note', text, places: [place] })),
  ]
}
