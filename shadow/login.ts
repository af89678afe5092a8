import type { Configuration } from 'openid-client'
import { toPlumblineError } from '../config/errors.ts'
import { discover, REDIRECT, type SignInPlace, signIn } from '../signin/flow.ts'
import { show } from './factors.ts'
import type { Person } from './people.ts'
import { CLIENT, trialIssuer, trialPlace } from './place.ts'
import { withNewSecret } from './recovery.ts'
import type { ShadowService } from './service.ts'

/** Registers the application that everybody of a tenant signs in to, and asks the tenant how. */
export async function openClient(shadow: ShadowService, tenant_id: string): Promise<Configuration> {
  const body = { client_id: CLIENT, name: 'Shadow', tenant_id, client_type: 'public', redirect_uris: [REDIRECT] }
  await shadow.call('POST', '/v1/clients', body)
  return discover({ issuer: trialIssuer(shadow, tenant_id), clientId: CLIENT })
}

/** How a trial login ended: `undefined` when it worked, else why not. */
export type Refusal = string | undefined

export interface ShadowLogin {
  readonly person: Person
  readonly config: Configuration
  /** Address that the person comes from. */
  readonly from: string
  readonly signal: AbortSignal
}

/**
 * A whole login, with a second factor where one is due: code flow up to the tokens. Who has nothing but an address sets up a secret where
 * that lets them in.
 */
export async function tryLogin(shadow: ShadowService, login: ShadowLogin): Promise<Refusal> {
  const refusal = await triedWith(shadow, login)
  if (refusal === undefined || login.person.enrolled.first !== 'otp') return refusal
  const person = await withNewSecret(shadow, { person: login.person, clientId: CLIENT })
  return person === undefined ? refusal : triedWith(shadow, { ...login, person })
}

/** Where and as what somebody signs in to the own application. */
export const loginPlace = (shadow: ShadowService, { person, config, from, signal }: ShadowLogin): SignInPlace => ({
  ...trialPlace(shadow, person.tenant, signal),
  from: person.from ?? from,
  config,
})

const triedWith = (shadow: ShadowService, login: ShadowLogin): Promise<Refusal> =>
  refusalWithin(login.signal, async () => {
    await signIn(loginPlace(shadow, login), (begun) => show(shadow, begun, login.person))
  })

/** Why something did not work. Throws when the signal was aborted meanwhile. */
export async function refusalWithin(signal: AbortSignal, work: () => Promise<unknown>): Promise<Refusal> {
  try {
    await work()
    return undefined
  } catch (thrown) {
    signal.throwIfAborted()
    return toPlumblineError(thrown).message
  }
}
