import type { EnvironmentReview, Place, Review } from './model.ts'

const RULES = {
  lockout: 'People can no longer sign in',
  weakening: 'A login demands less than before',
  reach: 'The change reads or reaches something new',
  mistake: 'A document has a mistake',
} as const
type RuleId = keyof typeof RULES

interface Result {
  readonly rule: RuleId
  readonly level: 'error' | 'warning' | 'note'
  readonly text: string
  readonly places: readonly Partial<Omit<Place, 'pointer'>>[]
}

/** The review as SARIF 2.1.0 (OASIS), for code scanning: results on the lines of YAML that cause them. */
export function reviewSarif(review: Review, version: string): unknown {
  const results = review.environments.flatMap(resultsOf)
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Plumbline',
            version,
            rules: Object.entries(RULES).map(([id, text]) => ({ id, shortDescription: { text } })),
          },
        },
        results: results.map(sarifResult),
      },
    ],
  }
}

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

const sarifResult = ({ rule, level, text, places }: Result) => ({
  ruleId: rule,
  level,
  message: { text },
  locations: places.flatMap(({ file, line }) =>
    file === undefined
      ? []
      : [{ physicalLocation: { artifactLocation: { uri: file }, region: { startLine: line ?? 1 } } }],
  ),
})
