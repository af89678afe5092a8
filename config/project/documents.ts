import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { PlumblineError } from '../errors.ts'
import { type Loaded, readPaths as readFiles, refusingNone, toResources } from '../load/load.ts'
import { isPathWithin, readRegularSync, Unreadable } from '../load/regular-file.ts'
import type { Diagnostic, Resource } from '../resource.ts'
import type { AllowedSecrets } from './allowed-secrets.ts'
import { isDatabase } from './database-places.ts'
import type { CheckedEnvironment } from './environment-diagnostics.ts'
import { nearestProjectFile } from './file.ts'
import { govern, governPaths, type Refused } from './governed.ts'
import { checkEnvironments, checkProject, joined, mistakesIn, openProject, type Project } from './project.ts'
import { substituteAll } from './substituted.ts'

/** Variables of a process, as it was started. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>

/** Which documents a run is about. */
export interface Selection {
  readonly project?: string
  readonly environment?: string
  /** Files and folders instead of a project. */
  readonly paths?: readonly string[]
  /** Revision that says what may be read and reached, or `.` for the checkout (default: PLUMBLINE_TRUST, else see `trustedIn`). */
  readonly trust?: string
}

/** Where a run keeps what it knows. Every path is absolute. */
export interface RunPlaces {
  /** Secret files are relative to it. */
  readonly folder: string
  /** A file, or the URL of a database. */
  readonly inventory: string
  /** Whose part of a database it is. */
  readonly scope: string
  /** The run of a pipeline, where one says so. */
  readonly run?: string
  readonly runtime: { readonly store: string; readonly dataFolder: string }
  /** Beginning of the names of the files of evidence. */
  readonly evidence: string
  /** Where releases before kept the memory of all environments; absent where places are as they were, or chosen. */
  readonly before?: Before
}

interface Before {
  readonly inventory?: string
  readonly dataFolder?: string
  /** The environment that takes it over; absent: nobody can tell whose it is. */
  readonly heir?: true
}

/** The checked documents of a project, or of files and folders, with the places that belong to them. */
export interface Documents extends RunPlaces {
  readonly resources: readonly Resource[]
  readonly diagnostics: readonly Diagnostic[]
  readonly guards: Project['guards']
  readonly envFiles: readonly string[]
  readonly allowedSecrets: AllowedSecrets
  readonly refused: Refused
}

/** Reads and checks what is selected. Mistakes are in `diagnostics`; a bad project file throws. */
export function readDocuments(selection: Selection, env: ProcessEnvironment): Documents {
  const { paths = [] } = selection
  const trust = trustOf(selection, env)
  if (paths.length > 0) return readPaths(paths, process.cwd(), trust, env)
  const loaded = checkProject(optionsOf(selection))
  const { project, refused } = govern(loaded, trust)
  const { guards, envFiles, secrets } = project
  const { resources, diagnostics } = loaded
  return { resources, diagnostics, guards, envFiles, allowedSecrets: secrets, refused, ...placesOf(project, env) }
}

const trustOf = ({ trust }: Selection, env: ProcessEnvironment): string | undefined =>
  trust ?? (env.PLUMBLINE_TRUST || undefined)

const optionsOf = ({ project, environment }: Selection) => ({
  ...(project === undefined ? {} : { file: project }),
  ...(environment === undefined ? {} : { environment }),
})

/** Checks what is selected: of a project every environment, unless one is named. A bad project file throws. */
export function checkDocuments(selection: Selection): readonly CheckedEnvironment[] {
  const { paths = [] } = selection
  if (paths.length > 0) {
    const { resources, diagnostics } = loadFiles(paths, process.cwd())
    return [{ documents: resources.length, diagnostics }]
  }
  return checkEnvironments(optionsOf(selection)).map(({ project, resources, diagnostics }) => ({
    ...(project.environment === undefined ? {} : { environment: project.environment }),
    documents: resources.length,
    diagnostics,
  }))
}

function readPaths(
  paths: readonly string[],
  folder: string,
  trust: string | undefined,
  env: ProcessEnvironment,
): Documents {
  const { resources, diagnostics } = loadFiles(paths, folder)
  return {
    resources,
    diagnostics,
    guards: { allow: [] },
    envFiles: [],
    allowedSecrets: { files: [folder] },
    refused: governPaths(paths, folder, resources, trust),
    ...placesOf({ folder, runtime: {} }, env),
  }
}

function loadFiles(paths: readonly string[], folder: string): Loaded {
  const read = paths.map((path) => refusingNone(readFiles([resolve(folder, path)], folder), path))
  // Files have no variables: what looks like one is a mistake, and never a value.
  const loaded = toResources(substituteAll(joined(read), {}))
  return { resources: loaded.resources, diagnostics: mistakesIn(loaded) }
}

type Placed = Pick<Project, 'folder' | 'runtime' | 'inventory' | 'environment'> &
  Partial<Pick<Project, 'name' | 'isDefault'>>

function placesOf(placed: Placed, env: ProcessEnvironment): RunPlaces {
  const { name = '', folder, runtime, inventory, environment, isDefault } = placed
  const own = resolve(folder, '.plumbline', environment ?? '')
  const dataFolder = runtime.dataFolder ?? resolve(own, 'data')
  const chosen = inventoryIn(env) ?? inventory
  const run = runNamedIn(env)
  return {
    folder,
    inventory: chosen ?? resolve(own, 'inventory.db'),
    evidence: evidenceBeside(chosen, own),
    scope: `${name}/${environment ?? ''}`,
    ...(run === undefined ? {} : { run }),
    // The URL of a database holds a password, which belongs into the environment and not into the project file.
    runtime: { dataFolder, store: env.PLUMBLINE_STORE ?? runtime.store ?? dataFolder },
    ...(environment !== undefined && {
      before: {
        ...(chosen === undefined && { inventory: resolve(folder, OLD_INVENTORY) }),
        ...(runtime.dataFolder === undefined && { dataFolder: resolve(folder, OLD_DATA) }),
        ...(isDefault && { heir: true }),
      },
    }),
  }
}

/** Variables in which pipelines name their run; the first one that is set counts. */
const RUNS = ['PLUMBLINE_RUN', 'CI_JOB_URL', 'BUILD_URL', 'BUILDKITE_BUILD_URL', 'CIRCLE_BUILD_URL', 'GITHUB_RUN_ID']

/** The run of a pipeline that an environment names. */
export const runNamedIn = (env: ProcessEnvironment): string | undefined =>
  RUNS.map((name) => env[name]).find((value) => value !== undefined && value !== '')

/** Environments may keep their inventories in one folder, under names of their own. */
const evidenceBeside = (inventory: string | undefined, own: string): string =>
  inventory === undefined || isDatabase(inventory) ? resolve(own, 'evidence') : `${inventory}.evidence`

/** The URL of a database may hold a password here; a file would be shared by all environments. */
function inventoryIn({ PLUMBLINE_INVENTORY: url }: ProcessEnvironment): string | undefined {
  if (url === undefined || url === '' || isDatabase(url)) return url || undefined
  throw new PlumblineError('USAGE', 'PLUMBLINE_INVENTORY is not a postgres:// URL', {
    help: 'A file is named by `inventory` in the project file.',
  })
}

const OLD_INVENTORY = '.plumbline/inventory.db'
const OLD_DATA = '.plumbline/data'

/** Where a project keeps what it knows; where there is no project, in the working directory. */
export function placesFor(selection: Selection, env: ProcessEnvironment): RunPlaces {
  const file = selection.project ?? nearestProjectFile(process.cwd())
  if (file === undefined && selection.environment === undefined)
    return placesOf({ folder: process.cwd(), runtime: {} }, env)
  const project = openProject(optionsOf(selection))
  return placesOf(govern({ project, resources: [] }, trustOf(selection, env)).project, env)
}

/** The environment for `fromEnv`: the files of the project's environment, under that of the process. Throws IO. */
export function environmentOf({ envFiles, folder }: Documents, env: ProcessEnvironment): ProcessEnvironment {
  return Object.assign({}, ...envFiles.map((file) => readEnvFile(file, folder)), env)
}

const MOST_ENV_BYTES = 1024 * 1024

function readEnvFile(file: string, folder: string): NodeJS.Dict<string> {
  try {
    if (isPathWithin(file, folder) && !isPathWithin(realpathSync(file), realpathSync(folder)))
      throw new Unreadable('a link that leads out of the project')
    return parseEnv(readRegularSync(file, MOST_ENV_BYTES).toString('utf8'))
  } catch (cause) {
    const why = cause instanceof Unreadable ? `: ${cause.message}` : ''
    throw new PlumblineError('IO', `cannot read the environment file ${file}${why}`, { cause })
  }
}
