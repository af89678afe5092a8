import { isGranted, notGranted } from '../../grants.ts'
import { kindOf } from '../../kinds/index.ts'
import { didYouMean } from '../../load/suggest.ts'
import { connectionOf, dependenciesOf, type Edge, namespaceBehind, referencesOf, targetOf } from '../../references.ts'
import { addressOf, type Diagnostic, type Resource } from '../../resource.ts'
import { diagnose } from '../diagnose.ts'
import type { Check, World } from './world.ts'

/** Every named document is there. */
export const referencesResolve: Check = (world) =>
  world.resources.flatMap((resource) => referencesOf(resource).flatMap((edge) => unresolved(resource, edge, world)))

function unresolved(resource: Resource, edge: Edge, { index, all }: World): readonly Diagnostic[] {
  if (edge.name === undefined || !isGranted(edge, resource, index) || targetOf(edge, resource, index)) return []
  const namespace = namespaceBehind(edge, resource)
  const known = all
    .filter((r) => r.kind === edge.kind && r.metadata.namespace === namespace)
    .map((r) => r.metadata.name)
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`
  const message = `there is no ${edge.kind}/${edge.name}${where}${didYouMean(edge.name, known)}`
  return [diagnose(resource, `/spec${edge.at}/name`, message, { code: 'UNRESOLVED_REFERENCE' })]
}

/** A document of another namespace is referred to only where a grant there allows it. */
export const referencesAreGranted: Check = ({ resources, index }) =>
  resources.flatMap((resource) =>
    referencesOf(resource)
      .filter((edge) => !isGranted(edge, resource, index))
      .map((edge) =>
        diagnose(resource, `/spec${edge.at}/namespace`, notGranted(edge, resource), { code: 'UNRESOLVED_REFERENCE' }),
      ),
  )

/** A connection is a document: nothing else says where a system is. */
export const connectionsAreNamed: Check = ({ resources }) =>
  resources.flatMap((resource) =>
    referencesOf(resource)
      .filter((edge) => edge.kind === 'Connection' && edge.id !== undefined)
      .map((edge) => diagnose(resource, `/spec${edge.at}/id`, 'a connection is named by its document; use name')),
  )

/** A document goes through a connection of its own system. */
export const systemsMatch: Check = ({ resources, index }) =>
  resources.flatMap((resource) => {
    const wanted = kindOf(resource.kind)?.system
    const connection = connectionOf(resource, index)
    const { system } = connection?.spec ?? {}
    if (connection === undefined || wanted === undefined || typeof system !== 'string' || system === wanted) return []
    const message = `${resource.kind} belongs to ${wanted}, but ${addressOf(connection)} is a connection to ${system}`
    return [diagnose(resource, '/spec/connectionRef/name', message)]
  })

/** No document needs itself to be in place first. */
export const noCycles: Check = ({ resources, index }) => {
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
