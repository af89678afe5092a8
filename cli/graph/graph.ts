import { namespaceBehind, referencesOf, resolve, targetOf } from '../../config/references.ts'
import { placedAddressOf, type Resource } from '../../config/resource.ts'

interface GraphEdge {
  /** Address of the document that refers. */
  readonly from: string
  /** Address of the document that is referred to, or `Kind id` of an object without one. */
  readonly to: string
}

/** Documents and what each refers to. */
export interface Graph {
  readonly nodes: readonly string[]
  readonly edges: readonly GraphEdge[]
}

/** The references of documents; what they refer to without a document is a node, too. */
export function graphOf(resources: readonly Resource[]): Graph {
  const index = resolve(resources)
  const edges = resources.flatMap((resource) =>
    referencesOf(resource).map((edge) => {
      const target = targetOf(edge, resource, index)
      const { kind, name, id } = edge
      const missing =
        name === undefined ? `${kind} ${id ?? ''}` : addressBy(kind, name, namespaceBehind(edge, resource))
      return { from: placedAddressOf(resource), to: target === undefined ? missing : placedAddressOf(target) }
    }),
  )
  const nodes = [...new Set([...resources.map(placedAddressOf), ...edges.map(({ to }) => to)])]
  return { nodes: nodes.toSorted(), edges }
}

const addressBy = (kind: string, name: string, namespace: string | undefined): string =>
  [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/')

/** One block per document, with what it refers to. */
export const graphText = ({ nodes, edges }: Graph): string =>
  nodes
    .map((node) => [node, ...edges.filter(({ from }) => from === node).map(({ to }) => `  → ${to}`)].join('\n'))
    .join('\n')

/** A flow chart that GitHub and GitLab draw. */
export function graphMarkdown({ nodes, edges }: Graph): string {
  const id = (node: string): string => `n${nodes.indexOf(node)}`
  const boxes = nodes.map((node) => `  ${id(node)}["${node.replaceAll('"', '#quot;')}"]`)
  const arrows = edges.map(({ from, to }) => `  ${id(from)} --> ${id(to)}`)
  return ['```mermaid', 'flowchart LR', ...boxes, ...arrows, '```'].join('\n')
}
