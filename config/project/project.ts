import { dirname, resolve } from 'node:path'
import { PlumblineError } from '../errors.ts'
import { kindOf } from '../kinds/index.ts'
import { displayFrom } from '../load/files.ts'
import { type Loaded, readPaths, refusingNone, toResources } from '../load/load.ts'
import type { Parsed } from '../load/parse.ts'
import { didYouMean } from '../load/suggest.ts'
import type { Diagnostic } from '../resource.ts'
import { sortDiagnostics, validate } from '../validate/validate.ts'
import type { AllowedSecrets } from './allowed-secrets.ts'
import { isDatabase, placesIn, variablesOf } from './database-places.ts'
import { findProjectFile, readProjectFile } from './file.ts'
import { applyOverlays } from './overlays.ts'
import { type PostureDemands, postureIn } from './posture.ts'
import { saidOnce } from './repeated-diagnostics.ts'
import type { ALLOWABLE, ProjectFile } from './schema.ts'
import { sharedFiles } from './shared-files.ts'
import { substituteAll } from './substituted.ts'
import type { Variables } from './variables.ts'

/** A project in one environment. Every path is absolute. */
export interface Project {
  readonly name: string
  readonly file: string
  readonly folder: string
  /** Name of the environment; absent when the project has none. */
  readonly environment?: string
  readonly paths: readonly string[]
  readonly overlays: readonly string[]
  readonly envFiles: readonly string[]
  readonly variables: Variables
  readonly runtime: { readonly store?: string; readonly dataFolder?: string }
  readonly guards: { readonly maxDeleteShare?: number; readonly allow: readonly (typeof ALLOWABLE)[number][] }
  /** Accounts that have to get in whatever happens. */
  readonly breakGlass: NonNullable<NonNullable<ProjectFile['guards']>['breakGlass']>
  readonly posture: PostureDemands
  /** A file, or a postgres:// URL. */
  readonly inventory?: string
  readonly secrets: AllowedSecrets
  /** The environment is the one that is used unless another is named. */
  readonly isDefault: boolean
}

export interface ProjectOptions {
  /** Folder to search the project file from, and the one that messages name files relative to. */
  readonly cwd?: string
  /** Project file; wins over the search. */
  readonly file?: string
  /** Environment; the project's default one when absent. */
  readonly environment?: string
}

export interface LoadedProject extends Loaded {
  readonly project: Project
}

/** A project file with the documents that it names, each file read once, whatever the number of environments. */
class Source {
  readonly #cwd: string
  readonly #file: string
  readonly #content: ProjectFile
  readonly #read = new Map<string, Parsed>()

  constructor({ cwd = process.cwd(), file }: ProjectOptions) {
    this.#cwd = cwd
    this.#file = file === undefined ? findProjectFile(cwd) : resolve(cwd, file)
    this.#content = readProjectFile(this.#file, displayFrom(cwd)(this.#file)).content
  }

  get environments(): readonly string[] {
    return Object.keys(this.#content.environments ?? {})
  }

  project(environment: string | undefined): Project {
    return inEnvironment(this.#content, this.#file, environment)
  }

  load(environment: string | undefined): LoadedProject {
    const project = this.project(environment)
    const written = joined(project.paths.map((path) => this.#documents(path)))
    const base = substituteAll(written, project.variables)
    const overlays = substituteAll(joined(project.overlays.map((path) => this.#parsed(path))), project.variables)
    const merged = applyOverlays(base.documents, overlays.documents)
    const mistakes = [...base.diagnostics, ...overlays.diagnostics, ...merged.diagnostics]
    // Which files environments share shows once every variable has a value.
    const warnings = mistakes.length > 0 ? [] : sharedFiles(written.documents, this.#content)
    return { project, ...toResources({ documents: merged.documents, diagnostics: [...mistakes, ...warnings] }) }
  }

  /** Of a path of the project, which has to lead to documents. */
  #documents(path: string): Parsed {
    return refusingNone(this.#parsed(path), displayFrom(this.#cwd)(path))
  }

  #parsed(path: string): Parsed {
    const found = this.#read.get(path) ?? readPaths([path], this.#cwd)
    this.#read.set(path, found)
    return found
  }
}

/** What several paths hold, as one. */
export const joined = (parts: readonly Parsed[]): Parsed => ({
  documents: parts.flatMap((p) => p.documents),
  diagnostics: parts.flatMap((p) => p.diagnostics),
})

/** A project in one environment, without its documents. Throws as `loadProject`. */
export const openProject = (options: ProjectOptions): Project => new Source(options).project(options.environment)

/**
 * Reads a project: its documents with overlays and variables applied. A document with a mistake is in `diagnostics` only.
 * @throws PlumblineError when the project file itself is missing or wrong (USAGE, IO, INVALID_DOCUMENT)
 */
export const loadProject = (options: ProjectOptions): LoadedProject => new Source(options).load(options.environment)

/** `loadProject` and `validate` in one: every mistake of the project, sorted. */
export const checkProject = (options: ProjectOptions): LoadedProject => checked(loadProject(options))

/** `checkProject` in every environment, or in the one that is named. */
export function checkEnvironments(options: ProjectOptions): readonly LoadedProject[] {
  const source = new Source(options)
  const { environments } = source
  const wanted = options.environment !== undefined || environments.length === 0 ? [options.environment] : environments
  return wanted.map((environment) => checked(source.load(environment)))
}

const checked = (loaded: LoadedProject): LoadedProject => ({ ...loaded, diagnostics: mistakesIn(loaded) })

/** Every mistake in what was loaded, sorted, each said once. */
export function mistakesIn({ resources, diagnostics }: Loaded): readonly Diagnostic[] {
  const isNaming = (d: Diagnostic) => d.code === 'UNRESOLVED_REFERENCE'
  // What names a document that could not be read is no mistake of its own.
  const broken = diagnostics.some((d) => d.severity === 'error' && !isNaming(d))
  const unread = new Set(resources.filter((r) => kindOf(r.kind) === undefined).map((r) => r.metadata.name))
  const read = diagnostics.filter((d) => !isNaming(d) || !(broken || unread.has(nameIn(d))))
  const meant = validate(resources).filter((d) => !isNaming(d) || !broken)
  return sortDiagnostics(saidOnce(sortDiagnostics([...read, ...meant])))
}

/** Name of the document that an overlay is about. */
const nameIn = ({ resource = '' }: Diagnostic): string => resource.slice(resource.indexOf('/') + 1)

/** A project file in one of its environments (default: the one that it names). Throws USAGE for one that it does not have. */
export function inEnvironment(content: ProjectFile, file: string, wanted: string | undefined): Project {
  const folder = dirname(file)
  const absolute = (path: string) => resolve(folder, path)
  const name = wanted ?? content.defaultEnvironment
  const environment = name === undefined ? {} : environmentOf(content, name)
  const { guards } = content
  const { breakGlass = [], ...limits } = guards ?? {}
  const variables = variablesOf(content, name)
  const { inventory, runtime } = placesFor(content, variables)
  const place = (path: string) => (isDatabase(path) ? path : absolute(path))
  return {
    name: content.name,
    file,
    folder,
    ...(name !== undefined && { environment: name }),
    isDefault: name === content.defaultEnvironment,
    paths: content.paths.map(absolute),
    overlays: (environment.overlays ?? []).map(absolute),
    envFiles: (environment.envFiles ?? []).map(absolute),
    variables,
    runtime: {
      ...(runtime?.store !== undefined && { store: place(runtime.store) }),
      ...(runtime?.dataFolder !== undefined && { dataFolder: absolute(runtime.dataFolder) }),
    },
    guards: { ...limits, allow: guards?.allow ?? [] },
    breakGlass,
    posture: postureIn(content),
    ...(inventory !== undefined && { inventory: place(inventory) }),
    secrets: allowedOf(content, absolute),
  }
}

function placesFor(content: ProjectFile, variables: Variables): Pick<ProjectFile, 'inventory' | 'runtime'> {
  const { places, mistakes } = placesIn(content, variables)
  if (mistakes.length === 0) return places
  throw new PlumblineError('USAGE', 'the project has no default environment; name one with --environment')
}

function allowedOf({ secrets }: ProjectFile, absolute: (path: string) => string): AllowedSecrets {
  const { env, files = ['.'] } = secrets?.allow ?? {}
  return { ...(env !== undefined && { env }), files: files.map(absolute) }
}

type Environment = NonNullable<ProjectFile['environments']>[string]

function environmentOf({ environments = {} }: ProjectFile, name: string): Environment {
  const found = Object.hasOwn(environments, name) ? environments[name] : undefined
  if (found !== undefined) return found
  const known = Object.keys(environments)
  const list = known.length === 0 ? 'the project has none' : `there are ${known.join(', ')}${didYouMean(name, known)}`
  throw new PlumblineError('USAGE', `there is no environment ${name}; ${list}`)
}
