import { proofDeps } from '../identity/login/proof-deps.ts'
import { ProofClient } from '../identity/proof/client.ts'
import { CHEAP_PROOF, type Person, publicKeysOf, secretFor } from './people.ts'
import { SHADOW_PASSWORD } from './place.ts'
import type { ShadowService } from './service.ts'

/** In the address that a mail with a code names. */
const CODE = /[?&]code=([^&\s]+)/

/**
 * Somebody of whom nothing but an address is known chooses *I cannot sign in* and sets up a secret by a mailed code. What they can show
 * then; `undefined` where the tenant sends no such code.
 */
export async function withNewSecret(
  shadow: ShadowService,
  { person, clientId }: { readonly person: Person; readonly clientId: string },
): Promise<Person | undefined> {
  const { tenant: tenantId, username } = person
  const { deps } = shadow.service
  const query = new URLSearchParams({ client_id: clientId, tenant_id: tenantId })
  const email = `${username}@shadow.example`
  const sent = await shadow.call('POST', `/v1/password/reset-request?${query}`, { username, email })
  const code = sent.status === 200 ? CODE.exec((await shadow.messageTo(tenantId, email)) ?? '')?.[1] : undefined
  if (code === undefined) return undefined
  const { steps } = await proofDeps(deps).tenant(tenantId)
  const isSecret = steps.pin !== undefined || steps.pattern !== undefined
  const path = isSecret ? '/v1/password/reset' : '/v1/password/text/reset'
  const secret = secretFor(steps)
  const client = new ProofClient(
    { ...CHEAP_PROOF, now: deps.now },
    { tenantId, jwks: await publicKeysOf(deps, tenantId) },
  )
  const made = isSecret
    ? await client.commitment(username, steps, secret, { purpose: 'reset', handle: code })
    : { new_password: SHADOW_PASSWORD }
  const kept = await shadow.call('POST', `${path}?tenant_id=${tenantId}`, { username, code, ...made })
  const first = isSecret ? 'pin' : 'password'
  return kept.status === 200 ? { ...person, secret, enrolled: { ...person.enrolled, first } } : undefined
}
