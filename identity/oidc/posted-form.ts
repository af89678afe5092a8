import { randomBytes } from 'node:crypto'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import type { Collection } from '../store/store.ts'
import { artifactHash } from './artifacts.ts'

/** A form that came from another site and so without our cookies, on its way to the browser's own request, in the scope of the tenant. */
interface Posted {
  /** Keyed hash of the handle. */
  readonly id: string
  /** The form, sealed: it may hold tokens. */
  readonly form: string
}
const POSTED: Collection<Posted> = { name: 'oidcPosted', id: (posted) => posted.id, indexes: [] }
const SECONDS = 60

/** Puts a form down for a minute; returns the handle by which the browser comes back to it. Nothing of the form gets into an address. */
export async function putPosted(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  tenant: string,
  form: string,
): Promise<string> {
  const handle = randomBytes(32).toString('base64url')
  const sealed = seal(deps.masterKey, purposeOf(tenant), form)
  await deps.store.create(POSTED, tenant, { id: artifactHash(deps, handle), form: sealed }, SECONDS)
  return handle
}

/** The form behind a handle; `undefined` when its minute is over. */
export async function postedForm(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  tenant: string,
  handle: string,
): Promise<string | undefined> {
  const posted = await deps.store.get(POSTED, tenant, artifactHash(deps, handle))
  return posted && unseal(deps.masterKey, purposeOf(tenant), posted.form)
}

const purposeOf = (tenant: string): string => `oidc posted ${tenant}`
