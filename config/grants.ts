import { type Edge, type Index, namespaceBehind } from './references.ts'
import type { Resource } from './resource.ts'

interface From {
  readonly namespace?: unknown
  readonly kind?: unknown
}
interface To {
  readonly kind?: unknown
  readonly name?: unknown
}

/** Whether an edge leads out of the namespace of the document that refers. */
export const leavesNamespace = (edge: Edge, resource: Resource): boolean =>
  namespaceBehind(edge, resource) !== resource.metadata.namespace

/** Whether a document may refer to what an edge names: always in its own namespace, elsewhere only by a ReferenceGrant there. */
export function isGranted(edge: Edge, resource: Resource, index: Index): boolean {
  if (!leavesNamespace(edge, resource)) return true
  return grantsFor(edge, resource, index).some(({ kind }) => (kind ?? resource.kind) === resource.kind)
}

/** What grants say of the namespace of a document about what an edge names. A broken grant says nothing. */
function grantsFor(edge: Edge, { metadata }: Resource, index: Index): readonly From[] {
  return index.all('ReferenceGrant', edge.namespace).flatMap(({ spec }) => {
    const reaches = listOf<To>(spec.to).some((t) => t.kind === edge.kind && (t.name ?? edge.name) === edge.name)
    return reaches ? listOf<From>(spec.from).filter((f) => f.namespace === metadata.namespace) : []
  })
}

const listOf = <T extends object>(value: unknown): readonly T[] =>
  Array.isArray(value) ? value.filter((item): item is T => typeof item === 'object' && item !== null) : []

/** What a person reads who refers to something that was not granted; it does not tell whether it is there. */
export function notGranted(edge: Edge, resource: Resource, index: Index): string {
  const { kind, metadata } = resource
  const namespace = metadata.namespace === undefined ? 'documents of no namespace' : `namespace ${metadata.namespace}`
  // Said of the kind only where others of the namespace may: else one grant is missing for all of them.
  const who = grantsFor(edge, resource, index).length > 0 ? `${kind} of ${namespace}` : namespace
  return `no ReferenceGrant in namespace ${edge.namespace} lets ${who} refer to ${edge.kind}/${edge.name}`
}
