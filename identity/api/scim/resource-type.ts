import type { Deps } from '../../deps.ts'
import type { SchemaClass, ScimResource } from '../../directory/scim/schemas.ts'
import type { Collection } from '../../store/store.ts'

/** What a stored record needs to be served over SCIM. */
export interface Versioned {
  /** Counts the writes; the ETag. */
  readonly version: number
  readonly created_at: string
  readonly updated_at: string | null
}

/** Who asks for what: every call is confined to one tenant. */
export interface ScimContext {
  readonly deps: Deps
  readonly tenant: string
  /** Address of the tenant's resources, without a slash at its end: everything that answers name is absolute. */
  readonly base: string
  readonly now: string
  /** Id of the user for whom the request is made; empty for the administrator. */
  readonly caller: string
}

/** An attribute that lists resources of another kind, which name this one in their `field`. */
export interface Moved {
  readonly collection: string
  readonly field: string
  /** Field of the attribute → field of the other resource. */
  readonly fields: Readonly<Record<string, string>>
}

/** One kind of SCIM resource: how records and resources turn into each other. Everything else is the same for all kinds. */
export interface ResourceType<R extends Versioned> {
  readonly name: 'User' | 'Group'
  readonly endpoint: '/Users' | '/Groups'
  readonly schema: SchemaClass
  readonly collection: Collection<R>
  /** Attributes that are kept with other resources, by their name in lower case. */
  readonly moved?: Readonly<Record<string, Moved>>
  /** The resources of records, without `schemas`, `id` and `meta`. */
  show(context: ScimContext, records: readonly R[]): Promise<ScimResource[]>
  /** A record from a resource, new or in the place of `old`. Throws 400. */
  record(context: ScimContext, resource: ScimResource, old?: R): Promise<R>
  /** Runs the write of a changed record; absent: nothing else has to happen. */
  write?<T>(context: ScimContext, record: R, write: () => Promise<T>): Promise<T>
  /**
   * What the resource says that is not kept in the record: checks it (throws 400), and returns what is left to do once the record was
   * written; `undefined` for nothing.
   */
  beside?(context: ScimContext, resource: ScimResource, old?: R): Promise<((written: R) => Promise<void>) | undefined>
  /** True when there was one. */
  remove(context: ScimContext, id: string): Promise<boolean>
}
