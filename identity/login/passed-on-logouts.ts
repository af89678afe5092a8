import { createHash, randomBytes } from 'node:crypto'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import { LIFETIMES } from '../oidc/lifetimes.ts'
import type { Collection } from '../store/store.ts'
import { unlinkSession } from './linked-sessions.ts'

/** A logout here that goes on at another provider. */
export interface PassedOnLogout {
  /** What the protocol of the provider needs. */
  readonly logout: string
  /** Where the browser goes on to in the end: the provider library has checked the address. */
  readonly goOn: string
}

/** In the scope of the tenant. */
interface Stored {
  /** SHA-256 of the state. */
  readonly id: string
  readonly method_id: string
  /** The PassedOnLogout, sealed. */
  readonly sealed: string
}
const PASSED_ON: Collection<Stored> = { name: 'passedOnLogouts', id: (l) => l.id, indexes: [] }
const SEAL = 'passed on logout'
const RANDOM_BYTES = 32

const hashOf = (state: string): string => createHash('sha256').update(state).digest('base64url')
type Parts = Pick<Deps, 'store' | 'masterKey'>

/** The address at which the logout of a session goes on at the provider that it came from; `undefined` for one that came from none. */
export async function passOnLogout(
  parts: Parts,
  tenant: string,
  uid: string,
  goOn: string,
): Promise<string | undefined> {
  const link = await unlinkSession(parts, tenant, uid)
  if (link === undefined) return undefined
  const state = randomBytes(RANDOM_BYTES).toString('base64url')
  const passedOn: PassedOnLogout = { logout: link.logout, goOn }
  const sealed = seal(parts.masterKey, SEAL, JSON.stringify(passedOn))
  const stored = { id: hashOf(state), method_id: link.methodId, sealed }
  await parts.store.create(PASSED_ON, tenant, stored, LIFETIMES.Interaction)
  return `/${tenant}/login/with/${link.methodId}/logout?${new URLSearchParams({ state })}`
}

/** The logout of a state at a login method, as long as it is under way. */
export async function passedOnLogout(
  { store, masterKey }: Parts,
  tenant: string,
  method: string,
  state: string,
): Promise<PassedOnLogout | undefined> {
  const stored = await store.get(PASSED_ON, tenant, hashOf(state))
  if (stored?.method_id !== method) return undefined
  return JSON.parse(unseal(masterKey, SEAL, stored.sealed)) as PassedOnLogout
}

/** Ends it: of several that come back with its state one goes on. */
export async function endPassedOnLogout(
  parts: Parts,
  tenant: string,
  method: string,
  state: string,
): Promise<PassedOnLogout | undefined> {
  const found = await passedOnLogout(parts, tenant, method, state)
  return found && (await parts.store.take(PASSED_ON, tenant, hashOf(state))) ? found : undefined
}
