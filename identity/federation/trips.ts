import { createHash, randomBytes } from 'node:crypto'
import { randomNonce, randomPKCECodeVerifier } from 'openid-client'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import { LIFETIMES } from '../oidc/lifetimes.ts'
import type { Collection } from '../store/store.ts'
import type { Trip } from './protocol.ts'

/** What a trip is for: a login that waits, or who is signed in and connects another account. */
export type TripPurpose = { readonly method_id: string } & (
  | { readonly auth_req_id: string }
  | { readonly user_id: string; readonly session_id: string }
)

/** In the scope of the tenant, as long as a login can be pending. */
type StoredTrip = TripPurpose & {
  /** SHA-256 of the state. */
  readonly id: string
  /** The Trip, sealed. */
  readonly sealed: string
}

const TRIPS: Collection<StoredTrip> = { name: 'federationTrips', id: (t) => t.id, indexes: [] }
const SEAL = 'federation trip'
/** 160 bits; iDIN takes letters and digits, 40 at most. */
const RANDOM_BYTES = 20

const hashOf = (state: string): string => createHash('sha256').update(state).digest('base64url')
type Parts = Pick<Deps, 'store' | 'masterKey'>

/** Begins a trip, with chance of its own. */
export async function beginTrip(
  { store, masterKey }: Parts,
  tenant: string,
  purpose: TripPurpose,
  redirectUri: string,
  choice?: string,
): Promise<Trip> {
  const state = randomBytes(RANDOM_BYTES).toString('hex')
  const own = { redirectUri, state, nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() }
  const trip: Trip = choice === undefined ? own : { ...own, choice }
  const sealed = seal(masterKey, SEAL, JSON.stringify(trip))
  await store.create(TRIPS, tenant, { ...purpose, id: hashOf(state), sealed }, LIFETIMES.Interaction)
  return trip
}

/** The state with which a browser came back, by the word of OAuth, of SAML or of iDIN. */
export const stateIn = (returned: URLSearchParams): string =>
  returned.get('state') ?? returned.get('RelayState') ?? returned.get('ec') ?? ''

/** What the trip of a state is for, as long as it lasts. */
export const purposeOf = (
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  state: string,
): Promise<TripPurpose | undefined> => store.get(TRIPS, tenant, hashOf(state))

/** Ends the trip of a state: of several returns with it exactly one gets the trip. */
export async function endTrip({ store, masterKey }: Parts, tenant: string, state: string): Promise<Trip | undefined> {
  const stored = await store.take(TRIPS, tenant, hashOf(state))
  return stored && (JSON.parse(unseal(masterKey, SEAL, stored.sealed)) as Trip)
}
