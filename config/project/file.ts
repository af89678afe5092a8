import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { PlumblineError } from '../errors.ts'
import { readText } from '../load/files.ts'
import { parseText, type SourceDocument } from '../load/parse.ts'
import { escapeStep } from '../references.ts'
import { type Diagnostic, formatDiagnostic } from '../resource.ts'
import { compileShape, type ShapeMistake } from '../validate/shape.ts'
import { placeMistakes } from './database-places.ts'
import { postureMistakes } from './posture.ts'
import { type ProjectFile, projectSchema } from './schema.ts'

const NAMES = ['plumbline.yaml', 'plumbline.yml'] as const
const checkShape = compileShape(projectSchema, 'Project')

/**
 * The project file of a folder: `plumbline.yaml` in it or in the nearest folder above.
 * @throws PlumblineError USAGE when there is none
 */
export function findProjectFile(cwd: string): string {
  const found = nearestProjectFile(cwd)
  if (found !== undefined) return found
  throw new PlumblineError('USAGE', `there is no ${NAMES[0]} in this folder or above it`, {
    help: 'Change into a folder of the project, or name the project file.',
  })
}

/** The project file that a person names, by itself or by its folder. */
export function projectFileAt(place: string): string {
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return place
  const candidates = NAMES.map((name) => join(place, name))
  return candidates.find((path) => existsSync(path)) ?? join(place, NAMES[0])
}

/** As `findProjectFile`, where there may be none. */
export function nearestProjectFile(cwd: string): string | undefined {
  const candidates = foldersUp(resolve(cwd)).flatMap((folder) => NAMES.map((name) => resolve(folder, name)))
  return candidates.find((path) => existsSync(path))
}

function foldersUp(folder: string): readonly string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...foldersUp(parent)]
}

/**
 * Reads and checks a project file; `shown` is its name in messages.
 * @throws PlumblineError IO when it cannot be read, INVALID_DOCUMENT with every mistake, one a line
 */
export function readProjectFile(
  path: string,
  shown: string,
): { readonly content: ProjectFile; readonly source: SourceDocument } {
  if (!existsSync(path)) throw new PlumblineError('IO', `there is no project file ${shown}`)
  const text = readText(path, shown)
  if (typeof text !== 'string') throw invalid([text])
  const { documents, diagnostics } = parseText(shown, text)
  if (diagnostics.length > 0) throw invalid(diagnostics)
  const [source] = documents
  if (source === undefined || documents.length > 1)
    throw new PlumblineError('INVALID_DOCUMENT', `${shown} has to hold exactly one document of kind Project`)
  const shape = checkShape(source.value)
  const mistakes = [
    ...shape,
    ...meaningOf(source.value),
    ...(shape.length > 0
      ? []
      : [...placeMistakes(source.value as ProjectFile), ...postureMistakes(source.value as ProjectFile)]),
  ]
  if (mistakes.length > 0) throw invalid(mistakes.map((m) => located(m, source)))
  return { content: source.value as ProjectFile, source }
}

function meaningOf(value: unknown): readonly ShapeMistake[] {
  const { defaultEnvironment: name, environments } = (value ?? {}) as Partial<ProjectFile>
  const names = Object.keys(environments ?? {}).flatMap(nameMistake)
  if (typeof name !== 'string' || Object.hasOwn(environments ?? {}, name)) return names
  return [...names, { pointer: '/defaultEnvironment', message: `there is no environment ${name} under environments` }]
}

/** What an environment remembers lies in a folder of its name, beside `data` of releases before. */
function nameMistake(name: string): readonly ShapeMistake[] {
  if (/^[A-Za-z0-9][\w.-]{0,99}$/.test(name) && name !== 'data') return []
  const message = 'the name of an environment is made of letters, digits, "_", "-" and ".", and is not data'
  return [{ pointer: `/environments/${escapeStep(name)}`, part: 'key', message }]
}

function located({ pointer, part, message }: ShapeMistake, { origin }: SourceDocument): Diagnostic {
  return { severity: 'error', code: 'INVALID_DOCUMENT', message, pointer, ...origin.locate(pointer, part) }
}

const invalid = (diagnostics: readonly Diagnostic[]): PlumblineError =>
  new PlumblineError('INVALID_DOCUMENT', diagnostics.map(formatDiagnostic).join('\n'))
