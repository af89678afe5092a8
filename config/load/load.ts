import type { Diagnostic, Resource } from '../resource.ts'
import { isPassedOver, toResource } from './envelope.ts'
import { displayFrom, listFiles, readText } from './files.ts'
import { type Parsed, parseText, type SourceDocument } from './parse.ts'

const MAX_DOCUMENTS = 100_000

/** Resources in the order of the files, and every mistake found on the way. */
export interface Loaded {
  readonly resources: readonly Resource[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads files and folders, at most 100,000 documents. Messages name files relative to `base`. What cannot be read is told in
 * `diagnostics`, like every other mistake.
 */
export function readPaths(paths: readonly string[], base: string): Parsed {
  const documents: SourceDocument[] = []
  const diagnostics: Diagnostic[] = []
  const display = displayFrom(base)
  for (const listing of paths.map((path) => listFiles(path, display))) {
    diagnostics.push(...listing.diagnostics)
    for (const path of listing.files) {
      const parsed = readFile(path, display(path))
      for (const document of parsed.documents) documents.push(document)
      for (const diagnostic of parsed.diagnostics) diagnostics.push(diagnostic)
      if (documents.length > MAX_DOCUMENTS) return tooMany(diagnostics)
    }
  }
  return { documents, diagnostics }
}

function readFile(path: string, file: string): Parsed {
  const text = readText(path, file)
  return typeof text === 'string' ? parseText(file, text) : { documents: [], diagnostics: [text] }
}

function tooMany(diagnostics: readonly Diagnostic[]): Parsed {
  const message = `more than ${MAX_DOCUMENTS} documents; split the project`
  return { documents: [], diagnostics: [...diagnostics, { severity: 'error', code: 'INVALID_DOCUMENT', message }] }
}

/** With a mistake when a path, as messages name it, leads to no document: a mistyped name must not pass for an empty project. */
export function refusingNone(parsed: Parsed, path: string): Parsed {
  if (parsed.diagnostics.length > 0 || parsed.documents.some(({ value }) => !isPassedOver(value))) return parsed
  return {
    ...parsed,
    diagnostics: [{ severity: 'error', code: 'INVALID_DOCUMENT', message: `${path} holds no document` }],
  }
}

/** Documents as resources; those of Kustomize and project files are passed over. */
export function toResources({ documents, diagnostics }: Parsed): Loaded {
  const found = documents.map(toResource).filter((r) => r !== undefined)
  return {
    resources: found.filter((r) => 'spec' in r),
    diagnostics: [...diagnostics, ...found.filter((r) => 'severity' in r)],
  }
}

/** Resources of files and folders, without variables or overlays. */
export const loadPaths = (paths: readonly string[], base: string): Loaded => toResources(readPaths(paths, base))

/** Resources of one text, e.g. standard input. */
export const loadText = (file: string, text: string): Loaded => toResources(parseText(file, text))
