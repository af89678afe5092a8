import { type Edge, type Index, namespaceBehind } from './references.ts'
import type { Resource } from './resource.ts'

interface Grant {
  readonly from: readonly { readonly namespace: string; readonly kind?: string }[]
  readonly to: readonly { readonly kind: string; readonly name?: string }[]
}

/** Whether an edge leads out of the namespace of the document that refers. */
export const leavesNamespace = (edge: Edge, resource: Resource): boolean =>
  namespaceBehind(edge, resource) !== resource.metadata.namespace

/** Whether a document may refer to what an edge names: always in its own namespace, elsewhere only by a ReferenceGrant there. */
export function isGranted(edge: Edge, resource: Resource, index: Index): boolean {
  if (!leavesNamespace(edge, resource)) return true
  const grants = index.all('ReferenceGrant', edge.namespace)
  return grants.some(({ spec }) => allows(spec as unknown as Grant, edge, resource))
}

const allows = ({ from, to }: Grant, edge: Edge, { kind, metadata }: Resource): boolean =>
  from.some((f) => f.namespace === metadata.namespace && (f.kind ?? kind) === kind) &&
  to.some((t) => t.kind === edge.kind && (t.name ?? edge.name) === edge.name)

/** What a person reads who refers to something that was not granted; it does not tell whether it is there. */
export const notGranted = (edge: Edge, { kind, metadata }: Resource): string =>
  `no ReferenceGrant in namespace ${edge.namespace} lets ${kind} of ${
    metadata.namespace === undefined ? 'no namespace' : `namespace ${metadata.namespace}`
  } refer to ${edge.kind}/${edge.name}`
