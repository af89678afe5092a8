import type { Deps } from '../deps.ts'
import type { Collection } from '../store/store.ts'
import type { Resource, SchemaClass } from './schemas.ts'

/** What a stored record needs to be served over SCIM. */
export interface Versioned {
  /** Counts the writes; the ETag. */
  readonly version: number
  readonly created_at: string
  readonly updated_at: string | null
}

/** Who asks for what: every call is confined to one tenant. */
export interface Context {
  readonly deps: Deps
  readonly tenant: string
  readonly now: string
  /** Id of the user for whom the request is made; empty for the administrator. */
  readonly caller: string
}

/** One kind of SCIM resource: how records and resources turn into each other. Everything else is the same for all kinds. */
export interface ResourceType<R extends Versioned> {
  readonly name: 'User' | 'Group'
  readonly endpoint: '/Users' | '/Groups'
  readonly schema: SchemaClass
  readonly collection: Collection<R>
  /** Attribute path in lower case → the records of the tenant that have the value, by an index of the store. */
  readonly lookups: Readonly<Record<string, (context: Context, value: string) => Promise<readonly R[]>>>
  /** The resources of records, without `schemas`, `id` and `meta`. */
  show(context: Context, records: readonly R[]): Promise<Resource[]>
  /** A record from a resource, new or in the place of `old`. Throws 400. */
  record(context: Context, resource: Resource, old?: R): Promise<R>
  /** True when there was one. */
  remove(context: Context, id: string): Promise<boolean>
}
