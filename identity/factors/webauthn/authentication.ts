import type { generateAuthenticationOptions } from '@simplewebauthn/server'
import { sameHash } from '../../crypto/hash.ts'
import type { Deps } from '../../deps.ts'
import { PASSKEYS, type Passkey, passkeyId } from '../../directory/passkeys.ts'
import type { Tenant } from '../../directory/tenants.ts'
import { type StoredUser, USERS } from '../../directory/users.ts'
import { refused } from '../../login/refusal.ts'
import { foldName } from '../../platform/fold-name.ts'
import {
  beginCeremony,
  CEREMONY_SECONDS,
  requireRelyingParty,
  spendCeremony,
  userHandle,
  webauthn,
} from './ceremony.ts'

/** Body of verifyPasskeyAuthentication. `username` may be empty: a discoverable credential knows its user. */
export interface AssertionBody {
  readonly id: string
  readonly raw_id: string
  readonly client_data_json: string
  readonly authenticator_data: string
  readonly signature: string
  readonly username: string
  readonly tenant_id: string
  readonly user_handle?: string | null
}

type Options = Awaited<ReturnType<typeof generateAuthenticationOptions>>

/** Options for a sign-in (contract beginPasskeyAuthentication). They never list credentials, so that they tell nothing about a name. */
export async function beginAuthentication(deps: Pick<Deps, 'store' | 'publicUrl'>, tenant: Tenant): Promise<Options> {
  const party = requireRelyingParty(deps, tenant)
  const timeout = CEREMONY_SECONDS * 1000
  const { generateAuthenticationOptions } = await webauthn()
  const options = await generateAuthenticationOptions({ rpID: party.id, userVerification: 'required', timeout })
  await beginCeremony(deps, tenant.tenant_id, { id: options.challenge, purpose: 'sign-in', user_id: '' })
  return options
}

/** The passkey that an assertion names, and its user. Nothing is proven yet. */
export interface Claimed {
  readonly passkey: Passkey
  readonly user: StoredUser
}

/** `undefined` when there is no such passkey of such a user who may sign in. */
export async function claimedBy(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  tenant: string,
  body: AssertionBody,
): Promise<Claimed | undefined> {
  const passkey = await deps.store.get(PASSKEYS, tenant, passkeyId(body.id))
  const user = passkey && (await deps.store.get(USERS, tenant, passkey.user_id))
  if (!passkey || !user || user.is_disabled || user.created_at !== passkey.user_created_at) return undefined
  if (body.username !== '' && foldName(body.username) !== user.username_key) return undefined
  const handle = userHandle(deps, tenant, user.user_id).toString('base64url')
  if (body.user_handle != null && !sameHash(body.user_handle, handle)) return undefined
  return { passkey, user }
}

/**
 * Checks an assertion (contract verifyPasskeyAuthentication; WebAuthn Level 3, section 7.2). The challenge is spent first. Throws the
 * uniform refusal.
 */
export async function verifyAssertion(
  deps: Pick<Deps, 'store' | 'publicUrl'>,
  tenant: Tenant,
  claimed: Claimed | undefined,
  body: AssertionBody,
): Promise<void> {
  const party = requireRelyingParty(deps, tenant)
  const wanted = { purpose: 'sign-in', user_id: '' } as const
  const expectedChallenge = await spendCeremony(deps, tenant.tenant_id, body.client_data_json, wanted)
  if (expectedChallenge === undefined || !claimed) throw refused()
  const { credential_id: id, public_key, counter } = claimed.passkey
  const { verifyAuthenticationResponse } = await webauthn()
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      id: body.id,
      rawId: body.raw_id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: body.client_data_json,
        authenticatorData: body.authenticator_data,
        signature: body.signature,
      },
    },
    expectedChallenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    credential: { id, publicKey: new Uint8Array(Buffer.from(public_key, 'base64url')), counter },
    requireUserVerification: true,
  }).catch(() => {
    // The library throws for whatever is wrong; a guesser must not learn what.
    throw refused()
  })
  if (!verified) throw refused()
  await advance(deps, tenant.tenant_id, claimed.passkey, authenticationInfo)
}

/** The counter has to grow, also between two assertions at once; authenticators without one always say 0. */
async function advance(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  { id }: Passkey,
  { newCounter, credentialBackedUp }: { readonly newCounter: number; readonly credentialBackedUp: boolean },
): Promise<void> {
  let grew = false
  await store.update(PASSKEYS, tenant, id, (old) => {
    grew = newCounter > old.counter || (newCounter === 0 && old.counter === 0)
    return grew ? { ...old, counter: newCounter, backed_up: credentialBackedUp } : old
  })
  if (!grew) throw refused()
}

/** Remembers from where a passkey was used. */
export async function rememberUse(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  tenant: string,
  { id }: Passkey,
  origin: { readonly ip: string; readonly userAgent: string | null },
): Promise<void> {
  const last_use = { date: now().toISOString(), ip: origin.ip, country: null, user_agent: origin.userAgent }
  await store.update(PASSKEYS, tenant, id, (old) => ({ ...old, last_use }))
}
