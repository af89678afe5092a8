import type { DocumentPlace } from './model.ts'

/** One finding on lines of files. */
export interface SarifResult {
  readonly rule: string
  readonly level: 'error' | 'warning' | 'note'
  readonly text: string
  readonly places: readonly Partial<Omit<DocumentPlace, 'pointer'>>[]
}

/** Findings as SARIF 2.1.0 (OASIS), for code scanning. `rules`: what each rule says, by its id. */
export const sarifLog = (
  version: string,
  rules: Readonly<Record<string, string>>,
  results: readonly SarifResult[],
): unknown => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'Plumbline',
          version,
          rules: Object.entries(rules).map(([id, text]) => ({ id, shortDescription: { text } })),
        },
      },
      results: results.map(sarifResult),
    },
  ],
})

const sarifResult = ({ rule, level, text, places }: SarifResult) => ({
  ruleId: rule,
  level,
  message: { text },
  locations: places.flatMap(({ file, line }) =>
    file === undefined
      ? []
      : [{ physicalLocation: { artifactLocation: { uri: file }, region: { startLine: line ?? 1 } } }],
  ),
})
