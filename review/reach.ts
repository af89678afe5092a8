import { isDeepStrictEqual } from 'node:util'
import { kindOf } from '../config/kinds/index.ts'
import { addressOf, type Pointer, type Resource } from '../config/resource.ts'
import { type SecretReference, secretReferencesOf } from '../reconciler/secret-source.ts'
import type { DocumentPlace, Reach } from './model.ts'

/** What the head would read or reach and the base does not: endpoints of Connections, and secret sources. */
export function newReach(base: readonly Resource[], head: readonly Resource[]): readonly Reach[] {
  const connections = new Map(base.filter(isConnection).map((r) => [addressOf(r), r]))
  const sources = secretSources(base)
  const opened = head.filter(isConnection).flatMap((r) => endpointOf(r, connections.get(addressOf(r))))
  return [...opened, ...head.flatMap(sourcesOf).filter(({ text }) => !sources.has(text))]
}

/** Where documents read secrets, in words. */
const secretSources = (resources: readonly Resource[]): ReadonlySet<string> =>
  new Set(resources.flatMap(sourcesOf).map(({ text }) => text))

/** Whether documents read a secret already, wherever in them. */
export function readingIn(resources: readonly Resource[]): (reference: SecretReference) => boolean {
  const sources = secretSources(resources)
  return (reference) => sources.has(sourceText(reference))
}

const sourceText = (reference: SecretReference): string => `a secret from ${sourceOf(reference)}`

const isConnection = ({ kind }: Resource): boolean => kind === 'Connection'

const REACHING = ['system', 'endpoint', 'tokenUrl', 'credentials', 'organizationRef', 'allow'] as const

function endpointOf(connection: Resource, before: Resource | undefined): readonly Reach[] {
  const changed = REACHING.filter((field) => !isDeepStrictEqual(connection.spec[field], before?.spec[field]))
  const [field] = changed
  if (field === undefined) return []
  const what = before === undefined ? 'a new Connection' : `another ${changed.join(', ')} of a Connection`
  return [{ text: `${what}: ${String(connection.spec.endpoint)}`, place: fieldPlace(connection, `/${field}`) }]
}

function sourcesOf(resource: Resource): readonly Reach[] {
  const kind = kindOf(resource.kind)
  if (kind === undefined) return []
  return [...secretReferencesOf(kind.spec, resource.spec)].map(([pointer, reference]) => ({
    text: sourceText(reference),
    place: fieldPlace(resource, pointer),
  }))
}

/** Where a secret comes from, in words. */
export function sourceOf({ fromEnv, fromFile, fromSecret, fromPulumiConfig }: SecretReference): string {
  if (fromEnv !== undefined) return `the environment variable ${fromEnv}`
  if (fromFile !== undefined) return `the file ${fromFile}`
  if (fromSecret !== undefined) return `the Secret ${fromSecret.name}/${fromSecret.key}`
  return `the Pulumi configuration ${fromPulumiConfig}`
}

/** Where a field of a document stands. */
export function fieldPlace(resource: Resource, pointer: Pointer): DocumentPlace {
  const { origin } = resource
  const at = origin && { file: origin.file, line: origin.locate(`/spec${pointer}`).line }
  return { address: addressOf(resource), pointer, ...at }
}
