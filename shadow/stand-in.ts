import type { Subject } from '../identity/directory/identities.ts'
import type { FederatedLogin } from '../identity/federation/methods.ts'

/** Where the service sends a browser, by an address or by a form. */
export interface SentOn {
  readonly at: URL
  readonly fields: URLSearchParams
}

/** With what the browser comes back: by the address alone, or by a form posted there. */
export interface Back {
  readonly at: URL
  readonly form?: Readonly<Record<string, string>>
}

/** As whom the other side knows somebody. */
export type AccountThere = Pick<Subject, 'issuer' | 'subject'>

/**
 * Plays the other side of some types of login methods. What the first revision said of it holds: a change of the documents does not change
 * the other side.
 */
export interface StandIn {
  readonly plays: (login: FederatedLogin) => boolean
  /** Somebody has an account there; `undefined` while the settings do not say where. */
  know(login: FederatedLogin, username: string): Promise<AccountThere | undefined>
  /** Somebody signs in where the browser was sent; `undefined` when nobody is there. */
  signIn(way: SentOn, username: string, login: FederatedLogin): Promise<Back | undefined>
}

/** The same for a login method of an organization before and after a change, whatever it is called. */
export const methodKey = ({ organization, id }: FederatedLogin): string => `${organization} ${id}`

/** An address without its parameters. */
export const bareAddress = ({ origin, pathname, protocol, host }: URL): string =>
  `${origin === 'null' ? `${protocol}//${host}` : origin}${pathname}`
