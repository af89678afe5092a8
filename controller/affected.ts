import { connectionOf, keyOf, referencedKey, tenantOf } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import { type Cache, clusterResource, type Item, partsOf } from './cache.ts'
import type { Status } from './status.ts'

/** A change in the embedded runtime: method and route, and the parameters of the route. */
export interface RuntimeChange {
  readonly id: string
  readonly event: string
  readonly subject: Readonly<Record<string, string>>
}

/** Where kinds are written: the first route that fits a change says which documents it may be about. */
const KINDS_BY_ROUTE: readonly (readonly [route: RegExp, kinds: RegExp])[] = [
  [/^\S+ \/v1\/claims/, /^$/],
  [/^\S+ \/v1\/organizations/, /^(Organization|Tenant)$/],
  [/^\S+ \/orgs\/:organization\/pigello/, /^SecurityConfiguration$/],
  [/^\S+ \/orgs\/:organization\/cim/, /^Cim/],
  [/^\S+ \/orgs\/:organization\/sailpoint/, /^PasswordOrgConfig$/],
  [/^\S+ \/orgs\/:organization\/navixy/, /^Mfa/],
  [/^\S+ \/v1\/clients/, /^Client$/],
  [/^\S+ \/v1\/(api-keys|users\/me\/keys)/, /^ApiKey$/],
  [/^\S+ (\/v1\/tenants\/:tenant_id\/users|\/v1\/users|\/scim\/v2\/:tenant_id\/Users)/, /^(User|Group)$/],
  [/^\S+ \/scim\/v2\/:tenant_id\/Groups/, /^Group$/],
  [/^\S+ \/v1\/tenants/, /^Tenant$/],
]

/** What a parameter of a route says about a document: `false` when the change is not about it. */
const NARROWING: Readonly<Record<string, (value: string, r: Resource, id: string, cache: Cache) => boolean>> = {
  tenant_id: (value, r, _id, cache) => (r.kind === 'Tenant' ? keyOf(r) : tenantOf(r, cache)) === value,
  organization: (value, r, _id, cache) => behindOrganization(r, cache) === value,
  organization_id: (value, r) => r.kind !== 'Organization' || keyOf(r) === value,
  client_id: (value, r) => keyOf(r) === value,
  user_id: (value, r, id) => r.kind !== 'User' || id === value,
  group_id: (value, _r, id) => id === value,
  key_id: (value, _r, id) => id === value,
}

function behindOrganization(resource: Resource, cache: Cache): string | undefined {
  const connection = connectionOf(resource, cache)
  return connection && referencedKey(connection, 'Organization', cache)
}

/** The documents of the embedded runtime that changes in it may be about. */
export function affectedBy(changes: readonly RuntimeChange[], cache: Cache): readonly Item[] {
  if (changes.length === 0) return []
  return [...cache.items()].filter((item) => {
    const { kind } = partsOf(item)
    const possible = changes.filter((change) => kindsOf(change).test(kind))
    const object = possible.length > 0 ? cache.get(item) : undefined
    if (object === undefined) return false
    const resource = clusterResource(kind, object)
    const id = ((object.status ?? {}) as Status).externalId ?? ''
    return isEmbedded(resource, cache) && possible.some((change) => isAbout(change, resource, id, cache))
  })
}

const NONE = /^$/
const kindsOf = ({ event }: RuntimeChange): RegExp => KINDS_BY_ROUTE.find(([route]) => route.test(event))?.[1] ?? NONE

const isEmbedded = (resource: Resource, cache: Cache): boolean =>
  connectionOf(resource, cache)?.spec.endpoint === 'embedded'

const isAbout = ({ subject }: RuntimeChange, resource: Resource, id: string, cache: Cache): boolean =>
  Object.entries(subject).every(([name, value]) => NARROWING[name]?.(value, resource, id, cache) ?? true)
