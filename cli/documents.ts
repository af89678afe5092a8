import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Command } from 'commander'
import { PlumblineError } from '../config/errors.ts'
import { loadPaths } from '../config/load/load.ts'
import { checkProject, type Project } from '../config/project/project.ts'
import type { Diagnostic, Resource } from '../config/resource.ts'
import { sortDiagnostics, validate } from '../config/validate/validate.ts'
import { InvalidDocuments, printDiagnostics } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** Which documents a command is about. */
export interface Selection {
  readonly project?: string
  readonly environment?: string
  /** Files and folders instead of a project. */
  readonly paths?: readonly string[]
}

/** The checked documents of a project, or of files and folders, with the places that belong to them. */
export interface Documents {
  readonly resources: readonly Resource[]
  readonly diagnostics: readonly Diagnostic[]
  /** Secret files are relative to it. */
  readonly folder: string
  readonly inventory: string
  readonly runtime: { readonly store: string; readonly dataFolder: string }
  readonly guards: Project['guards']
  readonly envFiles: readonly string[]
}

/** Adds the options that select documents. */
export function selectable(command: Command): Command {
  return command
    .option('-p, --project <file>', 'project file (default: plumbline.yaml here or in a folder above)')
    .option('-e, --environment <name>', "environment of the project (default: the project's)")
}

/** Reads and checks what is selected. Mistakes are in `diagnostics`; a bad project file throws. */
export function readDocuments({ paths = [], project: file, environment }: Selection): Documents {
  if (paths.length > 0) return readPaths(paths)
  const { project, resources, diagnostics } = checkProject({
    ...(file === undefined ? {} : { file }),
    ...(environment === undefined ? {} : { environment }),
  })
  return {
    resources,
    diagnostics,
    guards: project.guards,
    envFiles: project.envFiles,
    ...placesOf(project.folder, project),
  }
}

function readPaths(paths: readonly string[]): Documents {
  const folder = process.cwd()
  const { resources, diagnostics } = loadPaths(
    paths.map((path) => resolve(path)),
    folder,
  )
  const all = sortDiagnostics([...diagnostics, ...validate(resources)])
  return {
    resources,
    diagnostics: all,
    folder,
    guards: { allow: [] },
    envFiles: [],
    ...placesOf(folder, { runtime: {} }),
  }
}

function placesOf(folder: string, { runtime, inventory }: Pick<Project, 'runtime' | 'inventory'>) {
  const dataFolder = runtime.dataFolder ?? resolve(folder, '.plumbline/data')
  return {
    folder,
    inventory: inventory ?? resolve(folder, '.plumbline/inventory.db'),
    runtime: { dataFolder, store: runtime.store ?? dataFolder },
  }
}

/** The documents of a selection; warnings are printed, mistakes thrown. */
export function goodDocuments(terminal: Terminal, selection: Selection): Documents {
  const documents = readDocuments(selection)
  if (documents.diagnostics.some((d) => d.severity === 'error')) throw new InvalidDocuments(documents.diagnostics)
  printDiagnostics(terminal, documents.diagnostics)
  return documents
}

/** The environment for `fromEnv`: the files of the project's environment, under the process's own. */
export function environmentOf({ envFiles }: Documents): Readonly<Record<string, string | undefined>> {
  return Object.assign({}, ...envFiles.map(readEnvFile), process.env)
}

function readEnvFile(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new PlumblineError('IO', `cannot read the environment file ${file}`, { cause })
  }
}
