import type { SourceDocument } from '../load/parse.ts'
import { addressOf, type Diagnostic } from '../resource.ts'
import { variablesOf } from './database-places.ts'
import type { ProjectFile } from './schema.ts'
import { substitute } from './variables.ts'

/** Where a document writes a value that is shown once (`writeTo: {file}`). */
const POINTER = '/spec/writeTo/file'

/** Warnings for documents that write to one file in several environments: each overwrites what the other had delivered. */
export function sharedFiles(documents: readonly SourceDocument[], content: ProjectFile): readonly Diagnostic[] {
  const names = Object.keys(content.environments ?? {})
  return names.length < 2 ? [] : documents.flatMap((document) => sharedFile(document, content, names))
}

function sharedFile(
  { value, origin }: SourceDocument,
  content: ProjectFile,
  names: readonly string[],
): readonly Diagnostic[] {
  const { kind, metadata, spec } = (value ?? {}) as Partial<Written>
  const file = spec?.writeTo?.file
  if (typeof file !== 'string') return []
  const files = names.map((name) => substitute(file, variablesOf(content, name)).value)
  if (new Set(files).size === names.length) return []
  const message = `the environments ${names.join(', ')} overwrite each other's value in this file; write \${environment} in its path`
  const resource = addressOf({ kind: String(kind), metadata: { name: String(metadata?.name) } })
  return [
    { severity: 'warning', code: 'INVALID_DOCUMENT', message, resource, pointer: POINTER, ...origin.locate(POINTER) },
  ]
}

interface Written {
  readonly kind: unknown
  readonly metadata?: { readonly name?: unknown }
  readonly spec?: { readonly writeTo?: { readonly file?: unknown } }
}
