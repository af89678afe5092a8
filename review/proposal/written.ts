import { dirname, resolve } from 'node:path'
import { readPaths } from '../../config/load/load.ts'
import { variablesOf } from '../../config/project/database-places.ts'
import { readProjectFile } from '../../config/project/file.ts'
import { mergePatch } from '../../config/project/merge-patch.ts'
import { inEnvironment } from '../../config/project/project.ts'
import type { ProjectFile } from '../../config/project/schema.ts'
import { substitute } from '../../config/project/variables.ts'
import { placedAddressOf, type Resource } from '../../config/resource.ts'
import type { Address } from '../../reconciler/model.ts'
import { type JsonSteps, putAt } from './json.ts'

/** One document as it stands in a file. */
export interface WrittenPlace {
  /** Absolute path. */
  readonly file: string
  /** Line on which its content begins; of a document that is still to be written its address. */
  readonly line: number | Address
}

/** A change of what is written. */
export interface Edit {
  readonly place: WrittenPlace
  /** The whole document where there are none. */
  readonly steps: JsonSteps
  /** `GONE`: it is taken away. */
  readonly value: unknown
}

interface Layer {
  readonly place: WrittenPlace
  readonly overlay: boolean
}

/** What decides the documents of one environment. */
export interface Environment {
  /** Absent: the project has none. */
  readonly name?: string
  /** Where each document is written: first by itself, then in overlays, the last of which wins. */
  readonly layers: ReadonlyMap<Address, readonly Layer[]>
  readonly overlayFiles: readonly string[]
}

/** A project as it is written, with all of its environments. A value that nobody changes. */
export interface Written {
  readonly project: WrittenPlace
  readonly environments: readonly Environment[]
  /** What stands at each place, before variables and overlays. */
  readonly values: ReadonlyMap<string, unknown>
}

export const placeKey = ({ file, line }: WrittenPlace): string => `${file}:${line}`

/** Reads a project file and everything that it names. Its documents have no mistakes. */
export function readWritten(file: string): Written {
  const { content, source } = readProjectFile(file, file)
  const project = { file, line: source.origin.line }
  const values = new Map<string, unknown>([[placeKey(project), content]])
  const names = Object.keys(content.environments ?? {})
  const environments = (names.length === 0 ? [undefined] : names).map((name) =>
    readEnvironment(content, file, name, values),
  )
  return { project, environments, values }
}

function readEnvironment(
  content: ProjectFile,
  file: string,
  name: string | undefined,
  values: Map<string, unknown>,
): Environment {
  const { paths, overlays } = inEnvironment(content, file, name)
  const layers = new Map<Address, readonly Layer[]>()
  const overlayFiles = new Set<string>()
  const add = (path: string, overlay: boolean): void => {
    for (const { value, origin } of readPaths([path], dirname(file)).documents) {
      const place = { file: resolve(dirname(file), origin.file), line: origin.line }
      if (overlay) overlayFiles.add(place.file)
      const address = addressIn(value)
      values.set(placeKey(place), value)
      layers.set(address, [...(layers.get(address) ?? []), { place, overlay }])
    }
  }
  for (const path of paths) add(path, false)
  for (const path of overlays) add(path, true)
  return { ...(name !== undefined && { name }), layers, overlayFiles: [...overlayFiles] }
}

function addressIn(value: unknown): Address {
  const { kind, metadata } = value as Partial<Resource>
  return metadata === undefined ? '' : placedAddressOf({ kind: kind ?? '', metadata })
}

/** The project with something else written in it. A new document joins the environments that read its file. */
export function edited(written: Written, { place, steps, value }: Edit): Written {
  const key = placeKey(place)
  const values = new Map(written.values).set(key, putAt(written.values.get(key), steps, value))
  if (written.values.has(key)) return { ...written, values }
  const address = addressIn(value)
  const environments = written.environments.map((environment) => {
    if (!environment.overlayFiles.includes(place.file)) return environment
    const layers = new Map(environment.layers)
    layers.set(address, [...(layers.get(address) ?? []), { place, overlay: true }])
    return { ...environment, layers }
  })
  return { ...written, values, environments }
}

/** What stands at a place, with the variables of an environment in it. */
export const substituted = (written: Written, { name }: Environment, place: WrittenPlace): unknown =>
  substitute(written.values.get(placeKey(place)), variablesOf(projectFileIn(written), name)).value

export const projectFileIn = ({ values, project }: Written): ProjectFile => values.get(placeKey(project)) as ProjectFile

/** A document in an environment, overlays and variables applied. */
export function merged(written: Written, environment: Environment, address: Address): unknown {
  const [base, ...overlays] = (environment.layers.get(address) ?? []).map(({ place }) =>
    substituted(written, environment, place),
  )
  return overlays.reduce(mergePatch, base)
}
