import type { Code } from '../../errors.ts'
import { isGranted, notGranted } from '../../grants.ts'
import type { SystemName } from '../../kind.ts'
import { KINDS, kindOf } from '../../kinds/index.ts'
import { didYouMean, nearest } from '../../load/suggest.ts'
import { connectionOf, dependenciesOf, type Edge, namespaceBehind, referencesOf, targetOf } from '../../references.ts'
import { addressOf, type Diagnostic, type Resource } from '../../resource.ts'
import { diagnose } from '../diagnose.ts'
import { brokenIn, type MeaningCheck, type World } from './world.ts'

/**
 * Every named document is there. Not told where kind, name or namespace of a document that was meant are a mistake that
 * `others` tells already: one misspelt word is one mistake.
 */
export function referencesResolve(world: World, others: readonly Diagnostic[]): readonly Diagnostic[] {
  const misplaced = new Set(others.filter(({ code }) => MISPLACED.has(code)).map(({ resource }) => resource))
  const broken = Map.groupBy(brokenIn(world), (r) => r.metadata.name)
  const isBroken = ({ kind, name = '' }: Edge) =>
    broken.get(name)?.some((r) => r.kind === kind || kindOf(r.kind) === undefined) ?? false
  const known = Map.groupBy(
    world.resources.filter((r) => misplaced.has(addressOf(r))),
    (r) => r.kind,
  )
  const isMisplaced = ({ kind, name = '' }: Edge) =>
    nearest(name, known.get(kind)?.map((r) => r.metadata.name) ?? []) !== undefined
  const isTold = (resource: Resource, edge: Edge) =>
    isBroken(edge) || isMisplaced(edge) || (misplaced.has(addressOf(resource)) && isElsewhere(edge, world))
  return world.resources.flatMap((resource) =>
    referencesOf(resource)
      .filter((edge) => isUnresolved(resource, edge, world) && !isTold(resource, edge))
      .map((edge) => unresolved(resource, edge, world)),
  )
}

/** What is said of documents that are not where they were meant to be. */
const MISPLACED: ReadonlySet<Code> = new Set(['REFUSED', 'UNRESOLVED_REFERENCE'])

const isElsewhere = ({ kind, name }: Edge, { all }: World): boolean =>
  all.some((r) => r.kind === kind && r.metadata.name === name)

const isUnresolved = (resource: Resource, edge: Edge, { index }: World): boolean =>
  edge.name !== undefined && isGranted(edge, resource, index) && targetOf(edge, resource, index) === undefined

function unresolved(resource: Resource, edge: Edge, { all }: World): Diagnostic {
  const namespace = namespaceBehind(edge, resource)
  const known = all
    .filter((r) => r.kind === edge.kind && r.metadata.namespace === namespace)
    .map((r) => r.metadata.name)
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`
  const message = `there is no ${edge.kind}/${edge.name}${where}${didYouMean(edge.name ?? '', known)}`
  return diagnose(resource, `/spec${edge.at}/name`, message, { code: 'UNRESOLVED_REFERENCE' })
}

/** A document of another namespace is referred to only where a grant there allows it. */
export const referencesAreGranted: MeaningCheck = (world) => {
  const { resources, index } = world
  // What a broken grant allows, and whether a document of no kind is one, nobody can tell.
  if (brokenIn(world).some((r) => r.kind === 'ReferenceGrant' || isMisspelt(r.kind, 'ReferenceGrant'))) return []
  return resources.flatMap((resource) =>
    referencesOf(resource)
      .filter((edge) => !isGranted(edge, resource, index))
      .map((edge) => {
        const message = notGranted(edge, resource, index)
        return diagnose(resource, `/spec${edge.at}/namespace`, message, { code: 'UNRESOLVED_REFERENCE' })
      }),
  )
}

const isMisspelt = (kind: string, meant: string): boolean =>
  kindOf(kind) === undefined && nearest(kind, [meant]) !== undefined

/** A connection is a document: nothing else says where a system is. */
export const connectionsAreNamed: MeaningCheck = ({ resources }) =>
  resources.flatMap((resource) =>
    referencesOf(resource)
      .filter((edge) => edge.kind === 'Connection' && edge.id !== undefined)
      .map((edge) => diagnose(resource, `/spec${edge.at}/id`, 'a connection is named by its document; use name')),
  )

/** A document goes through a connection of its own system. */
export const systemsMatch: MeaningCheck = ({ resources, index }) =>
  resources.flatMap((resource) => {
    const wanted = kindOf(resource.kind)?.system
    const connection = connectionOf(resource, index)
    const { system } = connection?.spec ?? {}
    if (connection === undefined || wanted === undefined || !isSystem(system) || system === wanted) return []
    const message = `${resource.kind} belongs to ${wanted}, but ${addressOf(connection)} is a connection to ${system}`
    return [diagnose(resource, '/spec/connectionRef/name', message)]
  })

/** What is no system is told at the Connection. */
const isSystem = (word: unknown): word is SystemName =>
  word !== undefined && KINDS.some(({ system }) => system === word)

/** No document needs itself to be in place first. */
export const noCycles: MeaningCheck = ({ resources, index }) => {
  const needs = new Map(resources.map((r) => [r, dependenciesOf(r, index)]))
  return cyclesIn(needs).map((cycle) => {
    const [first] = cycle as [Resource]
    const names = [...cycle, first].map(addressOf).join(' → ')
    return diagnose(first, '/spec', `these documents need each other first: ${names}`, { part: 'key' })
  })
}

type Needs = ReadonlyMap<Resource, readonly Resource[]>

/** Follows the first need of each document; what is seen twice on one way is a cycle. Each is found once. */
function cyclesIn(needs: Needs): readonly (readonly Resource[])[] {
  const open = stuck(needs)
  const seen = new Set<Resource>()
  const cycles: Resource[][] = []
  for (const start of open) {
    const way: Resource[] = []
    let at: Resource | undefined = start
    while (at !== undefined && !seen.has(at)) {
      seen.add(at)
      way.push(at)
      at = needs.get(at)?.find((r) => open.has(r))
    }
    if (at !== undefined && way.includes(at)) cycles.push(way.slice(way.indexOf(at)))
  }
  return cycles
}

/** Documents that are left when those whose needs are met are taken away, again and again (Kahn 1962). */
function stuck(needs: Needs): ReadonlySet<Resource> {
  const users = new Map<Resource, Resource[]>([...needs.keys()].map((r) => [r, []]))
  const missing = new Map<Resource, number>()
  for (const [resource, list] of needs) {
    const own = list.filter((r) => needs.has(r))
    missing.set(resource, own.length)
    for (const need of own) users.get(need)?.push(resource)
  }
  const ready = [...needs.keys()].filter((r) => missing.get(r) === 0)
  for (const resource of ready) {
    missing.delete(resource)
    for (const user of users.get(resource) ?? []) {
      const left = (missing.get(user) ?? 0) - 1
      missing.set(user, left)
      if (left === 0) ready.push(user)
    }
  }
  return new Set(missing.keys())
}
