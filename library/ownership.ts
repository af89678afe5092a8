import type { Documents } from '../config/project/documents.ts'
import type { Address, Entry, Inventory } from '../reconciler/model.ts'

/** What we own, from wherever it is recorded. */
export interface Owned {
  readonly entries: ReadonlyMap<Address, Entry>
  /** Keys the fingerprints of a document's secrets; absent: one key for all. */
  readonly keyOf?: (address: Address) => string
  readonly fingerprintKey: string
  /** Who we are in the book of who manages what; absent: nobody is asked. */
  readonly ownerId?: string
  snapshot(): Inventory
  close(): void | Promise<void>
}

/** Opens what is owned of a set of documents. */
export type OpenOwned<O extends Owned = Owned> = (documents: Documents) => O | Promise<O>

export interface TakeOverOptions {
  /** Whom objects are taken over from; `true`: whoever holds them. */
  readonly takeOver?: string | true
}

export const takeFromOf = ({ takeOver }: TakeOverOptions): { readonly takeFrom?: string } =>
  takeOver === undefined ? {} : { takeFrom: takeOver === true ? 'anybody' : takeOver }
