import type { Parsed, SourceDocument } from '../load/parse.ts'
import { addressOf, type Diagnostic } from '../resource.ts'
import { countedIn } from './repeated-diagnostics.ts'
import { substitute, type VariableMistake, type Variables } from './variables.ts'

/** Documents with their variables replaced. One with a mistake is left out; a variable that is missing is told once. */
export function substituteAll({ documents, diagnostics }: Parsed, variables: Variables): Parsed {
  const good: SourceDocument[] = []
  const found: Diagnostic[] = [...diagnostics]
  const missing = new Map<string, Missing>()
  for (const document of documents) {
    const { value, mistakes } = substitute(document.value, variables)
    if (mistakes.length === 0) good.push({ value, origin: document.origin })
    for (const mistake of mistakes) {
      if (mistake.missing === undefined) found.push(diagnosticOf(document, mistake))
      else missing.set(mistake.missing, counted(missing.get(mistake.missing), document, mistake))
    }
  }
  return { documents: good, diagnostics: [...found, ...[...missing.values()].map(toldOnce)] }
}

interface Missing {
  readonly first: SourceDocument
  readonly mistake: VariableMistake
  readonly places: number
}

const counted = (before: Missing | undefined, document: SourceDocument, mistake: VariableMistake): Missing => ({
  ...(before ?? { first: document, mistake }),
  places: (before?.places ?? 0) + 1,
})

const toldOnce = ({ first, mistake, places }: Missing): Diagnostic => diagnosticOf(first, countedIn(mistake, places))

const diagnosticOf = ({ value, origin }: SourceDocument, { pointer, message }: VariableMistake): Diagnostic => ({
  severity: 'error',
  code: 'INVALID_DOCUMENT',
  message,
  pointer,
  ...subjectOf(value),
  ...origin.locate(pointer),
})

/** `Kind/name` of a document that may lack either. */
function subjectOf(value: unknown): { readonly resource?: string } {
  const { kind, metadata } = (value ?? {}) as { kind?: unknown; metadata?: { name?: unknown } }
  const name = metadata?.name
  return typeof kind === 'string' && typeof name === 'string'
    ? { resource: addressOf({ kind, metadata: { name } }) }
    : {}
}
