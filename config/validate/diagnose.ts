import { addressOf, type Diagnostic, type Pointer, type Resource } from '../resource.ts'

/** Everything of a diagnostic that is not its subject, place and message. */
export type DiagnoseOptions = Partial<Pick<Diagnostic, 'severity' | 'code'>> & { readonly part?: 'key' | 'value' }

/** A diagnostic about a place in a document; `pointer` is into the document, e.g. `/spec/pin/size`. */
export function diagnose(
  resource: Resource,
  pointer: Pointer,
  message: string,
  { severity = 'error', code = 'INVALID_DOCUMENT', part = 'value' }: DiagnoseOptions = {},
): Diagnostic {
  const { origin } = resource
  const subject = { severity, code, message, resource: addressOf(resource), pointer }
  // A value that an overlay wrote is in another file: the place found brings its own.
  return origin === undefined ? subject : { ...subject, file: origin.file, ...origin.locate(pointer, part) }
}

const ORDER = ['file', 'line', 'column', 'resource', 'pointer', 'message'] as const

/** Diagnostics by file, place and text, so that two runs print the same. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort((a, b) => ORDER.reduce((found, field) => found || compare(a[field], b[field]), 0))
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1
  return a < b ? -1 : 1
}
