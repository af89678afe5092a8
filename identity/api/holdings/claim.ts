import type { Collection } from '../../store/store.ts'

/** Who manages one object, of whatever system: a Pulumi stack, a cluster, or an inventory of the command line. */
export interface Holding {
  /** Which object it is, in the words of who asks, e.g. `Client//acme-web/acme-portal`. */
  readonly object: string
  /** Id of the holder; empty when nobody holds it any more. */
  readonly owner: string
  /** The document of the owner that speaks for the object; claims of older releases lack it. */
  readonly address?: string
  /** For people: who the holder is, and where its document is. */
  readonly holder: string
  /** RFC 3339. */
  readonly since: string
}

export const HOLDINGS: Collection<Holding> = { name: 'claims', id: (c) => c.object, indexes: ['owner'] }
