import type { Command } from 'commander'
import { type Documents, readDocuments, type Selection } from '../config/project/documents.ts'
import { projectFileAt } from '../config/project/file.ts'
import { InvalidDocuments } from '../library/invalid.ts'
import { printDiagnostics } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** Adds the options that select documents. */
export function selectable(
  command: Command,
  environment = "environment of the project (default: the project's)",
): Command {
  return projectOption(command).option('-e, --environment <name>', environment)
}

/** Adds the option that names a project. */
export const projectOption = (command: Command): Command =>
  command.option(
    '-p, --project <file>',
    'project file, or its folder (default: plumbline.yaml here or in a folder above)',
    projectFileAt,
  )

/** Adds the option that says which revision decides what is read and reached. */
export const trusting = (command: Command): Command =>
  command.option(
    '--trust <revision>',
    'git revision to take the project file and Connections from, or . for this checkout (default: PLUMBLINE_TRUST, else the default branch)',
  )

/** The documents of a selection; warnings are printed, mistakes thrown. */
export async function goodDocuments(terminal: Terminal, selection: Selection): Promise<Documents> {
  const documents = await terminal.stage('validating the documents', async () => readDocuments(selection, process.env))
  if (documents.diagnostics.some((d) => d.severity === 'error')) throw new InvalidDocuments(documents.diagnostics)
  printDiagnostics(terminal, documents.diagnostics)
  return documents
}
