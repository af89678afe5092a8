import type { SignInPlace } from '../signin/flow.ts'
import type { ShadowService } from './service.ts'

/** Where the service of a trial listens. */
export const SHADOW_HOST = 'localhost'

/** The application of a trial. */
export const CLIENT = 'plumbline-shadow'

/** The password of everybody who has one. */
export const SHADOW_PASSWORD = 'Correct-horse-battery-staple-7'

export const trialIssuer = ({ url }: Pick<ShadowService, 'url'>, tenant: string): URL =>
  new URL(`${url}/${tenant}/oidc`)

/** Where and as what somebody of a tenant signs in to that application. */
export const trialPlace = (
  shadow: Pick<ShadowService, 'url'>,
  tenant: string,
  signal: AbortSignal,
): Pick<SignInPlace, 'issuer' | 'clientId' | 'scope' | 'signal'> => ({
  issuer: trialIssuer(shadow, tenant),
  clientId: CLIENT,
  scope: 'openid profile',
  signal,
})
