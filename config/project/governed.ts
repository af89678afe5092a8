import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { PlumblineError } from '../errors.ts'
import { loadPaths } from '../load/load.ts'
import { connectionName } from '../references.ts'
import type { Resource } from '../resource.ts'
import { isDatabase } from './database-places.ts'
import { readProjectFile } from './file.ts'
import { inEnvironment, loadProject, type Project } from './project.ts'
import { CONSENT, type Trusted, trustedIn, withCopy } from './trust.ts'

/** Connections that are not followed, by `connectionName`: why. */
export type Refused = ReadonlyMap<string, string>

export interface Governed {
  /** Says where memory lies, which secrets may be read and what a plan may do. */
  readonly project: Project
  readonly refused: Refused
}

interface Checkout {
  readonly project: Project
  readonly resources: readonly Resource[]
}

/**
 * The project file and the Connections as the trusted revision has them (`trust`, see `trustedIn`): a change decides
 * neither what is read nor where it goes. A project that reaches nothing outside of this process is governed by itself.
 */
export function govern({ project, resources }: Checkout, trust: string | undefined): Governed {
  const reaches = [project.inventory, project.runtime.store].some((place) => place !== undefined && isDatabase(place))
  if (trust === undefined && !reaches && !resources.some(isOutside)) return { project, refused: new Map() }
  const trusted = trustedIn(project.folder, trust)
  if (trusted === undefined) return { project, refused: new Map() }
  const reviewed = projectIn(trusted, project)
  if (reviewed === undefined && reaches) throw unreviewed(project, trusted)
  return { project: reviewed?.project ?? project, refused: refusedOf(resources, reviewed?.resources ?? [], trusted) }
}

/** The same for files and folders without a project. */
export function governPaths(
  paths: readonly string[],
  folder: string,
  resources: readonly Resource[],
  trust: string | undefined,
): Refused {
  if (trust === undefined && !resources.some(isOutside)) return new Map()
  const trusted = trustedIn(folder, trust)
  if (trusted === undefined) return new Map()
  const { commit } = trusted
  if (commit === undefined) return refusedOf(resources, [], trusted)
  const reviewed = withCopy({ ...trusted, commit }, ({ add, at }) => {
    const absolute = paths.map((path) => resolve(folder, path))
    add(absolute)
    return loadPaths(absolute.map(at), folder).resources
  })
  return refusedOf(resources, reviewed, trusted)
}

/** What the runtime of this process does not answer by itself. */
const isOutside = ({ kind, spec }: Resource): boolean =>
  kind === 'Connection' && (spec.endpoint !== 'embedded' || spec.tokenUrl !== undefined)

/** The project of the trusted revision in the environment of the run; `undefined` where it has none. */
function projectIn(trusted: Trusted, { file, environment }: Project): Checkout | undefined {
  const { commit, name } = trusted
  if (commit === undefined) return undefined
  return withCopy({ ...trusted, commit }, ({ add, at }) => {
    add([file])
    if (!existsSync(at(file))) return undefined
    const { content } = readProjectFile(at(file), `${file} of ${name}`)
    if (environment !== undefined && !Object.hasOwn(content.environments ?? {}, environment)) return undefined
    const project = inEnvironment(content, file, environment)
    add([...project.paths, ...project.overlays])
    const copy = { cwd: dirname(at(file)), file: at(file) }
    const { resources } = loadProject({ ...copy, ...(environment !== undefined && { environment }) })
    return { project, resources }
  })
}

function refusedOf(resources: readonly Resource[], reviewed: readonly Resource[], { name, commit }: Trusted): Refused {
  const known = new Map(reviewed.filter((r) => r.kind === 'Connection').map((r) => [connectionName(r), r.spec]))
  const entries = resources.filter(isOutside).flatMap((connection): [string, string][] => {
    const own = connectionName(connection)
    const spec = known.get(own)
    if (isDeepStrictEqual(spec, connection.spec)) return []
    if (commit === undefined) return [[own, 'nobody can tell which revision was reviewed']]
    return [[own, spec === undefined ? `it is not in ${name}` : `it differs from ${name}`]]
  })
  return new Map(entries)
}

const unreviewed = ({ file }: Project, { name }: Trusted): PlumblineError =>
  new PlumblineError('REFUSED', `${file} names a database, and ${name} does not have it so; nothing was sent`, {
    help: CONSENT,
  })
