import { PlumblineError } from '../config/errors.ts'
import type { Diagnostic } from '../config/resource.ts'

/** Mistakes in documents, all of them found at once. */
export class InvalidDocuments extends PlumblineError {
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((d) => d.severity === 'error').length
    super('INVALID_DOCUMENT', `${errors} ${errors === 1 ? 'mistake' : 'mistakes'}; nothing was sent`)
    this.diagnostics = diagnostics
  }
}
