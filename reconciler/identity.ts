import type { Kind } from '../config/kind.ts'
import { foldedKey, plainUrl } from '../config/references.ts'

/**
 * Where objects live, told by the system itself: `instance:<id>` for a service of ours, whatever address it is reached
 * by, with `/<organization>` for the vendor APIs that it serves; else the normalised base URL, with the account where
 * the credentials tell one. Two Connections of one place lead to the same objects.
 */
export type Place = string

/** Names one object of all systems; see `objectKeyOf`. */
export type ObjectKey = string

/** What an object is known by: documents and entries both have it. */
export interface ObjectFacts {
  readonly kind: Kind
  readonly place: Place
  /** Tenant id, for kinds whose scope is a tenant. */
  readonly tenant?: string | undefined
  /** Natural key inside the scope. */
  readonly key: string
}

/** The identity of an object: kind, place, tenant and natural key, compared as the system compares them. */
export const objectKeyOf = ({ kind, place, tenant, key }: ObjectFacts): ObjectKey =>
  [kind.name, place, tenant ?? '', foldedKey(kind, key)].map(encodeURIComponent).join(' ')

/** The document that an entry's address names; one that its document has left, or that waits elsewhere, has a mark behind it. */
export const documentAddress = (address: string): string => address.replace(/@[^@]*$/, '')

/** The place behind a base URL that tells no other: lower-case host, port only when unusual, no slash at the end. */
export function placeOfUrl(baseUrl: string, account?: string): Place {
  const url = plainUrl(baseUrl)
  return account === undefined ? url : `${url}#${account}`
}

/** The place that a service of ours tells, of its own objects or of those of one organization. */
export const placeOfInstance = (instanceId: string, organization?: string): Place =>
  organization === undefined ? `instance:${instanceId}` : `instance:${instanceId}/${organization}`
