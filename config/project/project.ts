import { dirname, resolve } from 'node:path'
import { PlumblineError } from '../errors.ts'
import { displayFrom } from '../load/files.ts'
import { type Loaded, readDocuments, toResources } from '../load/load.ts'
import type { Parsed, SourceDocument } from '../load/parse.ts'
import { didYouMean } from '../load/suggest.ts'
import { addressOf, type Diagnostic } from '../resource.ts'
import { sortDiagnostics, validate } from '../validate/validate.ts'
import { findProjectFile, readProjectFile } from './file.ts'
import { applyOverlays } from './overlays.ts'
import type { ALLOWABLE, ProjectFile } from './schema.ts'
import { substitute, type Variables } from './variables.ts'

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
  readonly inventory?: string
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

/**
 * Reads a project: its documents with overlays and variables applied. A document with a mistake is in `diagnostics` only.
 * @throws PlumblineError when the project file itself is missing or wrong (USAGE, IO, INVALID_DOCUMENT)
 */
export function loadProject({ cwd = process.cwd(), file, environment }: ProjectOptions): LoadedProject {
  const path = file === undefined ? findProjectFile(cwd) : resolve(cwd, file)
  const { content } = readProjectFile(path, displayFrom(cwd)(path))
  const project = inEnvironment(content, path, environment)
  const base = substituteAll(readDocuments(project.paths, cwd), project.variables)
  const overlays = substituteAll(readDocuments(project.overlays, cwd), project.variables)
  const merged = applyOverlays(base.documents, overlays.documents)
  const diagnostics = [...base.diagnostics, ...overlays.diagnostics, ...merged.diagnostics]
  return { project, ...toResources({ documents: merged.documents, diagnostics }) }
}

/** `loadProject` and `validate` in one: every mistake of the project, sorted. */
export function checkProject(options: ProjectOptions): LoadedProject {
  const loaded = loadProject(options)
  const broken = loaded.diagnostics.length > 0
  // What names a document that could not be read is no mistake of its own.
  const meaning = validate(loaded.resources).filter((d) => !broken || d.code !== 'UNRESOLVED_REFERENCE')
  return { ...loaded, diagnostics: sortDiagnostics([...loaded.diagnostics, ...meaning]) }
}

function inEnvironment(content: ProjectFile, file: string, wanted: string | undefined): Project {
  const folder = dirname(file)
  const absolute = (path: string) => resolve(folder, path)
  const name = wanted ?? content.defaultEnvironment
  const environment = name === undefined ? {} : environmentOf(content, name)
  const { inventory, guards } = content
  return {
    name: content.name,
    file,
    folder,
    ...(name !== undefined && { environment: name }),
    paths: content.paths.map(absolute),
    overlays: (environment.overlays ?? []).map(absolute),
    envFiles: (environment.envFiles ?? []).map(absolute),
    variables: { ...content.variables, ...environment.variables },
    runtime: runtimeOf(content, absolute),
    guards: { ...guards, allow: guards?.allow ?? [] },
    ...(inventory !== undefined && { inventory: absolute(inventory) }),
  }
}

type Environment = NonNullable<ProjectFile['environments']>[string]

function environmentOf({ environments = {} }: ProjectFile, name: string): Environment {
  const found = Object.hasOwn(environments, name) ? environments[name] : undefined
  if (found !== undefined) return found
  const known = Object.keys(environments)
  const list = known.length === 0 ? 'the project has none' : `there are ${known.join(', ')}${didYouMean(name, known)}`
  throw new PlumblineError('USAGE', `there is no environment ${name}; ${list}`)
}

function runtimeOf({ runtime }: ProjectFile, absolute: (path: string) => string): Project['runtime'] {
  const { store, dataFolder } = runtime ?? {}
  return {
    ...(store !== undefined && { store: /^postgres(ql)?:\/\//.test(store) ? store : absolute(store) }),
    ...(dataFolder !== undefined && { dataFolder: absolute(dataFolder) }),
  }
}

function substituteAll({ documents, diagnostics }: Parsed, variables: Variables): Parsed {
  const good: SourceDocument[] = []
  const found: Diagnostic[] = [...diagnostics]
  for (const document of documents) {
    const { value, mistakes } = substitute(document.value, variables)
    if (mistakes.length === 0) good.push({ value, origin: document.origin })
    for (const { pointer, message } of mistakes)
      found.push({
        severity: 'error',
        code: 'INVALID_DOCUMENT',
        message,
        pointer,
        ...subjectOf(value),
        ...document.origin.locate(pointer),
      })
  }
  return { documents: good, diagnostics: found }
}

/** `Kind/name` of a document that may lack either. */
function subjectOf(value: unknown): { readonly resource?: string } {
  const { kind, metadata } = (value ?? {}) as { kind?: unknown; metadata?: { name?: unknown } }
  const name = metadata?.name
  return typeof kind === 'string' && typeof name === 'string'
    ? { resource: addressOf({ kind, metadata: { name } }) }
    : {}
}
