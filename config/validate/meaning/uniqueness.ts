import { kindOf } from '../../kinds/index.ts'
import { connectionOf, foldedKey, keyOf, systemBehind, tenantOf, valueAt } from '../../references.ts'
import { addressOf, type Diagnostic, type Resource } from '../../resource.ts'
import { diagnose } from '../diagnose.ts'
import { groupBy, type MeaningCheck, type World } from './world.ts'

/** One name is used once per kind and namespace. */
export const namesAreUnique: MeaningCheck = ({ all }) =>
  repeated(all, (r) => `${r.metadata.namespace ?? ''} ${addressOf(r)}`).map(([first, r]) =>
    diagnose(r, '/metadata/name', `${addressOf(r)} is described twice; the other is ${placeOf(first)}`),
  )

/** No two documents describe one object of a system. */
export const objectsAreClaimedOnce: MeaningCheck = (world) => [
  ...repeated(world.resources, (r) => objectOf(r, world)).map(([first, r]) => claimed(first, r, '/spec')),
  ...repeated(world.resources, (r) => adoptedBy(r, world)).map(([first, r]) =>
    claimed(first, r, '/spec/externalRef/id'),
  ),
]

function claimed(first: Resource, second: Resource, pointer: string): Diagnostic {
  const message = `${addressOf(first)} describes the same object (${placeOf(first)}); keep one document for it`
  return diagnose(second, pointer, message, { part: pointer === '/spec' ? 'key' : 'value' })
}

function objectOf(resource: Resource, { index }: World): string | undefined {
  const connection = connectionOf(resource, index)
  const kind = kindOf(resource.kind)
  const scope = kind?.scope === 'tenant' ? tenantOf(resource, index) : ''
  if (connection === undefined || kind === undefined || scope === undefined) return undefined
  return JSON.stringify([systemBehind(connection, index), kind.name, scope, foldedKey(kind, keyOf(resource))])
}

function adoptedBy(resource: Resource, { index }: World): string | undefined {
  const connection = connectionOf(resource, index)
  const id = valueAt(resource.spec, '/externalRef/id')
  return connection && typeof id === 'string'
    ? JSON.stringify([systemBehind(connection, index), resource.kind, id])
    : undefined
}

/** A Navixy user has one setting, so at most one document of a connection names the user, and at most one names all. */
export const mfaUsersAreNamedOnce: MeaningCheck = ({ resources, index }) => {
  const assignments = resources.filter((r) => r.kind === 'MfaAssignment')
  const perConnection = groupBy(assignments, (r) => {
    const connection = connectionOf(r, index)
    return connection && systemBehind(connection, index)
  })
  return perConnection.flatMap((group) => [...usersTwice(group), ...allTwice(group)])
}

function usersTwice(group: readonly Resource[]): readonly Diagnostic[] {
  const owner = new Map<unknown, Resource>()
  return group.flatMap((resource) => {
    const users = (resource.spec.users ?? []) as readonly unknown[]
    const at = users.findIndex((user) => owner.has(user))
    const other = owner.get(users[at])
    for (const user of users) if (!owner.has(user)) owner.set(user, resource)
    if (other === undefined) return []
    return [
      diagnose(
        resource,
        `/spec/users/${at}`,
        `user ${String(users[at])} is also in ${addressOf(other)}; a user has one setting`,
      ),
    ]
  })
}

function allTwice(group: readonly Resource[]): readonly Diagnostic[] {
  return repeated(group, (r) => (r.spec.allUsers === true ? 'all' : undefined)).map(([first, r]) =>
    diagnose(r, '/spec/allUsers', `${addressOf(first)} already covers all users of this connection`),
  )
}

/** Two connections to one place are two budgets of requests and two owners: seldom meant. */
export const connectionsDiffer: MeaningCheck = ({ resources, index }) => {
  const connections = resources.filter((r) => r.kind === 'Connection')
  const target = (r: Resource) => JSON.stringify([r.metadata.namespace, systemBehind(r, index)])
  return repeated(connections, target).map(([first, r]) =>
    diagnose(r, '/spec/endpoint', `${addressOf(first)} already names this system, endpoint and organization`, {
      severity: 'warning',
    }),
  )
}

/** Each later item of a group together with the first. */
function repeated(
  resources: readonly Resource[],
  keyOf: (r: Resource) => string | undefined,
): readonly (readonly [Resource, Resource])[] {
  return groupBy(resources, keyOf).flatMap(([first, ...rest]) => (first ? rest.map((r) => [first, r] as const) : []))
}

const placeOf = ({ origin }: Resource): string => (origin ? `${origin.file}:${origin.line}` : 'elsewhere')
