import type { SourceOrigin } from '../load/origin.ts'
import type { SourceDocument } from '../load/parse.ts'
import { addressOf, type Diagnostic } from '../resource.ts'
import { mergePatch } from './merge-patch.ts'

interface Head {
  readonly kind?: unknown
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown }
}

/** Documents with every overlay merged over the one of the same kind, name and namespace; later overlays win. */
export function applyOverlays(
  documents: readonly SourceDocument[],
  overlays: readonly SourceDocument[],
): { readonly documents: readonly SourceDocument[]; readonly diagnostics: readonly Diagnostic[] } {
  const merged = [...documents]
  const places = new Map(documents.map((d, i) => [identityOf(d), i]))
  const diagnostics: Diagnostic[] = []
  for (const overlay of overlays) {
    const place = places.get(identityOf(overlay))
    const base = place === undefined ? undefined : merged[place]
    if (place === undefined || base === undefined) diagnostics.push(unmatched(overlay))
    else merged[place] = merge(base, overlay)
  }
  return { documents: merged, diagnostics }
}

function identityOf({ value }: SourceDocument): string {
  const { kind, metadata } = (value ?? {}) as Head
  return JSON.stringify([kind, metadata?.name, metadata?.namespace])
}

function merge(base: SourceDocument, overlay: SourceDocument): SourceDocument {
  return { value: mergePatch(base.value, overlay.value), origin: layered(base.origin, overlay.origin) }
}

/** A value that the overlay writes down is there; all others are where they were. */
function layered(base: SourceOrigin, overlay: SourceOrigin): SourceOrigin {
  return {
    ...base,
    locate: (pointer, part) => (overlay.has(pointer) ? overlay : base).locate(pointer, part),
    has: (pointer) => overlay.has(pointer) || base.has(pointer),
  }
}

const inNamespace = (namespace: unknown): string => (typeof namespace === 'string' ? ` in namespace ${namespace}` : '')

function unmatched({ value, origin }: SourceDocument): Diagnostic {
  const { kind, metadata } = (value ?? {}) as Head
  const name = typeof metadata?.name === 'string' ? metadata.name : '(no name)'
  const resource = addressOf({ kind: String(kind), metadata: { name } })
  const message = `there is no ${resource}${inNamespace(metadata?.namespace)}; an overlay has kind, name and namespace of a document of the project`
  return { severity: 'error', code: 'UNRESOLVED_REFERENCE', message, resource, ...origin.locate('') }
}
