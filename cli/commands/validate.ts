import type { Command } from 'commander'
import { readDocuments, type Selection } from '../../config/project/documents.ts'
import { type Diagnostic, formatDiagnostic } from '../../config/resource.ts'
import { selectable } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { printDiagnostics } from '../failure.ts'
import { printable } from '../printable.ts'
import { type Handler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline validate                       the project here, in its default environment
  plumbline validate -e production         another environment
  plumbline validate tenants/ users.yaml   files and folders, without a project`

export function define(command: Command): void {
  selectable(command).argument('[paths...]', 'files and folders instead of a project').addHelpText('after', EXAMPLES)
  handle(command, validate)
}

const validate: Handler<Selection> = async ({ terminal }, options, paths) => {
  const { resources, diagnostics } = readDocuments({ ...options, paths })
  const failed = diagnostics.some((d) => d.severity === 'error')
  if (terminal.format === 'text') printDiagnostics(terminal, diagnostics)
  if (terminal.format === 'json')
    terminal.print(JSON.stringify({ documents: resources.length, diagnostics }, undefined, 2))
  if (terminal.format === 'markdown') terminal.print(markdown(diagnostics))
  if (!failed && terminal.format === 'text') terminal.note(`${resources.length} documents are good.`)
  return failed ? EXIT.error : EXIT.ok
}

const markdown = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics.length === 0
    ? 'No mistakes.'
    : diagnostics
        .map((d) => `- **${d.severity}** \`${printable(formatDiagnostic(d)).replaceAll('`', "'")}\``)
        .join('\n')
