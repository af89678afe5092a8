import { type Edge, graphlib, layout as lay } from '@dagrejs/dagre'
import type { Graph } from './graph.ts'

const LETTER = 7.4
const HEIGHT = 34
const MARGIN = 20

interface Point {
  readonly x: number
  readonly y: number
}

/** The documents as boxes from left to right, each with arrows to what it refers to. */
export function graphSvg({ nodes, edges }: Graph): string {
  const layout = new graphlib.Graph()
  layout.setGraph({ rankdir: 'LR', nodesep: 12, ranksep: 60, marginx: MARGIN, marginy: MARGIN })
  layout.setDefaultEdgeLabel(() => ({}))
  for (const node of nodes) layout.setNode(node, { width: Math.ceil(node.length * LETTER) + 24, height: HEIGHT })
  for (const { from, to } of edges) layout.setEdge(from, to)
  lay(layout)
  const { width = 0, height = 0 } = layout.graph()
  const size = `width="${Math.ceil(width)}" height="${Math.ceil(height)}" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="system-ui, sans-serif" font-size="13" role="img" aria-labelledby="title">
  <title id="title">Documents and what they refer to</title>
  <style>rect { fill: #f6f8fa; stroke: #57606a } path { fill: none; stroke: #57606a } text { fill: #1f2328; text-anchor: middle }</style>
  <defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8"/></marker></defs>
${layout
  .edges()
  .map((edge: Edge) => arrow(layout.edge(edge).points as readonly Point[]))
  .join('\n')}
${nodes.map((node) => box(node, layout.node(node) as Point & { width: number })).join('\n')}
</svg>
`
}

const arrow = (points: readonly Point[]): string =>
  `  <path marker-end="url(#arrow)" d="M${points.map(({ x, y }) => `${round(x)} ${round(y)}`).join(' L')}"/>`

const box = (node: string, { x, y, width }: Point & { readonly width: number }): string =>
  `  <rect x="${round(x - width / 2)}" y="${round(y - HEIGHT / 2)}" width="${width}" height="${HEIGHT}" rx="6"/><text x="${round(x)}" y="${round(y + 4)}">${escaped(node)}</text>`

const round = (n: number): number => Math.round(n * 10) / 10

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
