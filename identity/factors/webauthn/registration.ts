import type { generateRegistrationOptions, VerifiedRegistrationResponse } from '@simplewebauthn/server'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { MOST_PASSKEYS, PASSKEYS, type Passkey, passkeyId, passkeysOf } from '../../directory/passkeys.ts'
import type { Tenant } from '../../directory/tenants.ts'
import { requireUser } from '../../directory/users.ts'
import { titleOf } from '../../login/tenant-title.ts'
import { unlessTaken } from '../../platform/contract/conflict.ts'
import {
  beginCeremony,
  CEREMONY_SECONDS,
  requireRelyingParty,
  spendCeremony,
  userHandle,
  webauthn,
} from './ceremony.ts'

/** Body of verifyPasskeyRegistration. */
export interface RegistrationBody {
  readonly id: string
  readonly raw_id: string
  readonly client_data_json: string
  readonly attestation_object: string
  readonly transports?: readonly string[] | null
  readonly name?: string | null
}

/** EdDSA, ES256 and RS256 (IANA COSE algorithms), which all authenticators have one of. */
const ALGORITHMS = [-8, -7, -257] as const

type Options = Awaited<ReturnType<typeof generateRegistrationOptions>>

/**
 * Options for a passkey of the user (contract beginPasskeyRegistration): discoverable, with user verification, without attestation.
 * Throws FORBIDDEN, CONFLICT when the user has as many as can be.
 */
export async function beginRegistration(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  tenant: Tenant,
  userId: string,
): Promise<Options> {
  const party = requireRelyingParty(deps, tenant)
  const { username } = await requireUser(deps, tenant.tenant_id, userId)
  const known = await passkeysOf(deps, tenant.tenant_id, userId)
  if (known.length >= MOST_PASSKEYS)
    throw new PlumblineError('CONFLICT', `a user has at most ${MOST_PASSKEYS} passkeys; delete one first`)
  const { generateRegistrationOptions } = await webauthn()
  const options = await generateRegistrationOptions({
    rpID: party.id,
    rpName: titleOf(tenant),
    userID: new Uint8Array(userHandle(deps, tenant.tenant_id, userId)),
    userName: username,
    userDisplayName: username,
    timeout: CEREMONY_SECONDS * 1000,
    attestationType: 'none',
    excludeCredentials: known.map(({ credential_id, transports }) => ({
      id: credential_id,
      transports: [...transports],
    })),
    supportedAlgorithmIDs: [...ALGORITHMS],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  await beginCeremony(deps, tenant.tenant_id, { id: options.challenge, purpose: 'register', user_id: userId })
  return options
}

/** Keeps the new passkey (contract verifyPasskeyRegistration). Throws REJECTED, FORBIDDEN; a 409 Fault when it is known already. */
export async function finishRegistration(
  deps: Pick<Deps, 'store' | 'now' | 'publicUrl'>,
  tenant: Tenant,
  userId: string,
  body: RegistrationBody,
): Promise<Passkey> {
  const { registrationInfo } = await verified(deps, tenant, userId, body)
  if (!registrationInfo) throw rejected()
  const { credential, credentialDeviceType, credentialBackedUp } = registrationInfo
  const passkey: Passkey = {
    id: passkeyId(credential.id),
    credential_id: credential.id,
    user_id: userId,
    user_created_at: (await requireUser(deps, tenant.tenant_id, userId)).created_at,
    public_key: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    name: body.name ?? null,
    created_at: deps.now().toISOString(),
    last_use: null,
    transports: body.transports ?? [],
    device_type: credentialDeviceType,
    backed_up: credentialBackedUp,
  }
  await unlessTaken(() => deps.store.create(PASSKEYS, tenant.tenant_id, passkey), 'this passkey is registered already')
  return passkey
}

async function verified(
  deps: Pick<Deps, 'store' | 'publicUrl'>,
  tenant: Tenant,
  userId: string,
  body: RegistrationBody,
): Promise<VerifiedRegistrationResponse> {
  const party = requireRelyingParty(deps, tenant)
  const wanted = { purpose: 'register', user_id: userId } as const
  const expectedChallenge = await spendCeremony(deps, tenant.tenant_id, body.client_data_json, wanted)
  if (expectedChallenge === undefined) throw rejected()
  const { verifyRegistrationResponse } = await webauthn()
  return verifyRegistrationResponse({
    response: {
      id: body.id,
      rawId: body.raw_id,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON: body.client_data_json, attestationObject: body.attestation_object },
    },
    expectedChallenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...ALGORITHMS],
  }).catch((cause: unknown) => {
    throw rejected(cause)
  })
}

const rejected = (cause?: unknown) =>
  new PlumblineError('REJECTED', 'the passkey could not be registered; start again', { cause })
