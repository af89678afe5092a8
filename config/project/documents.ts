import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { PlumblineError } from '../errors.ts'
import { loadPaths } from '../load/load.ts'
import type { Diagnostic, Resource } from '../resource.ts'
import { sortDiagnostics, validate } from '../validate/validate.ts'
import { checkProject, loadProject, type Project } from './project.ts'

/** Which documents a run is about. */
export interface Selection {
  readonly project?: string
  readonly environment?: string
  /** Files and folders instead of a project. */
  readonly paths?: readonly string[]
}

/** Where a run keeps what it knows. Every path is absolute. */
interface Places {
  /** Secret files are relative to it. */
  readonly folder: string
  readonly inventory: string
  readonly runtime: { readonly store: string; readonly dataFolder: string }
}

/** The checked documents of a project, or of files and folders, with the places that belong to them. */
export interface Documents extends Places {
  readonly resources: readonly Resource[]
  readonly diagnostics: readonly Diagnostic[]
  readonly guards: Project['guards']
  readonly envFiles: readonly string[]
}

/** Reads and checks what is selected. Mistakes are in `diagnostics`; a bad project file throws. */
export function readDocuments({ paths = [], project: file, environment }: Selection): Documents {
  if (paths.length > 0) return readPaths(paths, process.cwd())
  const { project, resources, diagnostics } = checkProject({
    ...(file === undefined ? {} : { file }),
    ...(environment === undefined ? {} : { environment }),
  })
  const { guards, envFiles } = project
  return { resources, diagnostics, guards, envFiles, ...placesOf(project) }
}

function readPaths(paths: readonly string[], folder: string): Documents {
  const loaded = loadPaths(
    paths.map((path) => resolve(folder, path)),
    folder,
  )
  const diagnostics = sortDiagnostics([...loaded.diagnostics, ...validate(loaded.resources)])
  const places = placesOf({ folder, runtime: {} })
  return { resources: loaded.resources, diagnostics, guards: { allow: [] }, envFiles: [], ...places }
}

function placesOf({ folder, runtime, inventory }: Pick<Project, 'folder' | 'runtime' | 'inventory'>): Places {
  const dataFolder = runtime.dataFolder ?? resolve(folder, '.plumbline/data')
  return {
    folder,
    inventory: inventory ?? resolve(folder, '.plumbline/inventory.db'),
    // The URL of a database holds a password, which belongs into the environment and not into the project file.
    runtime: { dataFolder, store: process.env.PLUMBLINE_STORE ?? runtime.store ?? dataFolder },
  }
}

/** Where the runtime of a project keeps its data; where there is no project, in the working directory. */
export function runtimePlaces(file: string | undefined): Places['runtime'] {
  try {
    return placesOf(loadProject(file === undefined ? {} : { file }).project).runtime
  } catch (error) {
    const none = file === undefined && error instanceof PlumblineError && error.code === 'USAGE'
    if (!none) throw error
    return placesOf({ folder: process.cwd(), runtime: {} }).runtime
  }
}

/** The environment for `fromEnv`: the files of the project's environment, under the process's own. Throws IO. */
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
