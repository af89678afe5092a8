import { createHash } from 'node:crypto'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection, Store } from '../store/store.ts'

/** A request for logout that was heard, in the scope of the tenant. */
interface Heard {
  /** SHA-256 of the login method and the id of the request. */
  readonly id: string
}
const HEARD: Collection<Heard> = { name: 'logoutRequests', id: (h) => h.id, indexes: [] }
/** Longer than a request is taken for. */
const SECONDS = 1200

/** Remembers a request. False for one that was heard before. */
export function hearOnce(store: Store, tenant: string, method: string, request: string): Promise<boolean> {
  const id = createHash('sha256')
    .update(JSON.stringify([method, request]))
    .digest('base64url')
  return succeeds(store.create(HEARD, tenant, { id }, SECONDS), 'CONFLICT')
}
