import type { Method } from '../directory/methods.ts'
import type { Site } from '../frame/site.ts'
import { offeredMethods } from '../policy/offers.ts'

/** The ways to prove who one is that have a page of their own, the preferred one first. */
export type SignInMethod = 'secret' | 'password' | 'code' | 'text' | 'letter'

/** What the pages of a site offer. The operations check for themselves; this says only what is worth showing. */
export interface Offers {
  readonly methods: readonly SignInMethod[]
  readonly passkey: boolean
  readonly signUp: boolean
  readonly reset: boolean
}

/**
 * As the effective policy of the login says; `only` is the method of a login that demands a certain one. Sign-up and reset need an
 * application on whose behalf mail is sent.
 */
export function offersOf({ policy, client }: Pick<Site, 'policy' | 'client'>, only?: Method): Offers {
  const allowed = policy ? offeredMethods(policy) : []
  const offered = new Set(allowed.filter((method) => only === undefined || method === only))
  const secret = offered.has('pin') || offered.has('pattern')
  const methods: readonly SignInMethod[] = [
    ...(secret ? (['secret'] as const) : []),
    ...(offered.has('password') ? (['password'] as const) : []),
    ...(offered.has('otp') ? (['code'] as const) : []),
    ...(offered.has('sms') && policy?.mobile.alone.value && policy.mobile.shown.value ? (['text'] as const) : []),
  ]
  return {
    methods,
    passkey: offered.has('passkey'),
    // Who signs up chooses a PIN or pattern.
    signUp: secret && client !== undefined && policy?.signUp.open.value === true,
    reset: (secret || offered.has('password')) && client !== undefined && policy?.reset.open.value === true,
  }
}
