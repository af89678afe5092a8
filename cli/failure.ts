import { type PlumblineError, toPlumblineError } from '../config/errors.ts'
import { type Diagnostic, formatDiagnostic } from '../config/resource.ts'
import { InvalidDocuments } from '../library/invalid.ts'
import type { Terminal } from './terminal.ts'

/** Prints a failure for people: what is wrong, and what to do. Never a stack. */
export function printFailure(terminal: Terminal, thrown: unknown): void {
  const error = toPlumblineError(thrown)
  if (terminal.format === 'json' && !terminal.hasPrinted) terminal.printJson(plainFailure(error))
  if (error instanceof InvalidDocuments) printDiagnostics(terminal, error.diagnostics)
  terminal.complain(error.message, 'error')
  if (error.help !== undefined) terminal.complain(error.help)
  if (error.code === 'INTERNAL') terminal.complain('This is a bug in Plumbline; please report it.')
  if (process.env.PLUMBLINE_DEBUG) for (const cause of causesOf(error)) terminal.complain(`  because: ${cause}`)
}

/** A failure for programs: `{error: {code, message, help?}, diagnostics?}`. */
export const plainFailure = (error: PlumblineError) => ({
  error: plainError(error),
  ...(error instanceof InvalidDocuments ? { diagnostics: error.diagnostics } : {}),
})

/** An error for programs. */
export const plainError = ({ code, message, help }: PlumblineError) => ({
  code,
  message,
  ...(help === undefined ? {} : { help }),
})

/** Mistakes and warnings, one per line, on standard error. */
export function printDiagnostics(terminal: Terminal, diagnostics: readonly Diagnostic[]): void {
  for (const d of diagnostics) terminal.complain(formatDiagnostic(d), d.severity)
}

/** Codes and messages of the chain of causes; messages hold no secrets by the rule of `PlumblineError`. */
function causesOf(error: Error): readonly string[] {
  const { cause } = error
  if (!(cause instanceof Error)) return []
  const code = (cause as { code?: unknown }).code
  return [`${code === undefined ? cause.name : String(code)}: ${cause.message}`, ...causesOf(cause)]
}
