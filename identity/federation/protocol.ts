import type { SessionElsewhere } from '../login/linked-sessions.ts'
import type { FederatedLogin } from './methods.ts'

/** What goes with one login from its start to the return of the browser. */
export interface Trip {
  /** Where the provider sends the browser back to: one address for each method and tenant (RFC 9700, section 4.4.2). */
  readonly redirectUri: string
  /** Names the trip, and cannot be guessed. */
  readonly state: string
  readonly nonce: string
  /** RFC 7636. */
  readonly codeVerifier: string
  /** What the person chose of what the provider offers, on the way there. */
  readonly choice?: string
}

/** One of several at whom a provider signs people in, such as a bank. */
export interface Choice {
  readonly id: string
  readonly name: string
}

/** Somebody who has signed in at another provider. */
export interface Arrival {
  readonly issuer: string
  readonly subject: string
  /** What the provider says about them, under its own names. */
  readonly claims: Readonly<Record<string, unknown>>
  /** The session there, where a logout is passed on. */
  readonly session?: Pick<SessionElsewhere, 'sid' | 'logout'>
}

/** A logout on its way to another provider. */
export interface LogoutTrip {
  /** Where logins return to, by which the other addresses of the method are known. */
  readonly returnAddress: string
  /** Names the logout, and cannot be guessed. */
  readonly state: string
}

/** A form that the browser posts to the provider by itself. */
export interface ProviderForm {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** A way to sign people in at another provider. */
export interface Protocol {
  /** What the person has to choose from before the start. Throws as `start` does. */
  choices?(login: FederatedLogin): Promise<readonly Choice[]>
  /** The address to which the browser goes, or the form that it posts. Throws UNAVAILABLE when the provider cannot be reached, UNAUTHENTICATED when its metadata are not good. */
  start(login: FederatedLogin, trip: Trip): Promise<string | ProviderForm>
  /** Checks with what the browser came back, and fetches the rest. Throws as `start` does; the reason is for the audit log. */
  finish(login: FederatedLogin, trip: Trip, returned: URLSearchParams): Promise<Arrival>
  /**
   * The address, or the form, by which the browser ends a session there (`logout` of `Arrival.session`); `undefined` where the provider has
   * none. Throws as `start` does.
   */
  logout(login: FederatedLogin, logout: string, trip: LogoutTrip): Promise<string | ProviderForm | undefined>
}
