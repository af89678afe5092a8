import { dirname } from 'node:path'
import { FLOORS } from './floors.ts'
import { type Import, isProduct } from './imports.ts'

type Edges = ReadonlyMap<string, ReadonlySet<string>>

/** What stands in the way of a house with floors: each entry is one line for a person. */
export interface Faults {
  readonly circles: readonly string[]
  readonly mutual: readonly string[]
  readonly upward: readonly string[]
  /** Imports of the product out of it: of tools, tests or benchmarks. */
  readonly outward: readonly string[]
}

/** Looks at the imports of the product: circles of files by values, folders that import each other, imports up a floor or out of it. */
export function faultsOf(imports: readonly Import[]): Faults {
  const inside = imports.filter(({ to }) => isProduct(to))
  const values = inside.filter(({ typesOnly }) => !typesOnly)
  return {
    circles: circlesIn(edgesOf(values)),
    mutual: mutualFolders(values),
    upward: upwardImports(inside),
    outward: imports.filter(({ to }) => !isProduct(to)).map(({ from, to }) => `${from} → ${to}`),
  }
}

function edgesOf(imports: readonly Import[]): Edges {
  const edges = new Map<string, Set<string>>()
  for (const { from, to } of imports) edges.set(from, (edges.get(from) ?? new Set()).add(to))
  return edges
}

/** Circles by depth-first search: each is told once, from the file at which it was entered. */
function circlesIn(edges: Edges): readonly string[] {
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) found.push([...path.slice(at), file].join(' → '))
    if (at >= 0 || done.has(file)) return
    for (const next of edges.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of edges.keys()) visit(file, [])
  return found
}

const isWithin = (inner: string, outer: string): boolean => inner.startsWith(`${outer}/`)

/** Folder and subfolder are one room; any other two must not import each other. */
function mutualFolders(imports: readonly Import[]): readonly string[] {
  const pairs = imports
    .map(({ from, to }) => [dirname(from), dirname(to)] as const)
    .filter(([a, b]) => a !== b && !isWithin(a, b) && !isWithin(b, a))
  const known = new Set(pairs.map((pair) => pair.join(' ↔ ')))
  return [...known].filter((pair) => {
    const [a = '', b = ''] = pair.split(' ↔ ')
    return a < b && known.has(`${b} ↔ ${a}`)
  })
}

const floorOf = (file: string): number | undefined => {
  const floor = FLOORS.findIndex((folders) => folders.some(({ folder }) => isWithin(file, folder)))
  return floor < 0 ? undefined : floor
}

function upwardImports(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ from, to }) => {
      const [here, there] = [floorOf(from), floorOf(to)]
      return here !== undefined && there !== undefined && there > here
    })
    .map(({ from, to }) => `${from} → ${to}`)
}
