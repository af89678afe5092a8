import type { JSONWebKeySet } from 'jose'
import type { FederatedLogin } from '../identity/federation/methods.ts'
import type { PostMutual } from '../identity/platform/http/mutual-tls.ts'
import type { OutsideFetch } from '../identity/platform/http/outside.ts'
import { Acquirer } from './acquirer.ts'
import { BankId } from './bankid.ts'
import { Directories } from './directories.ts'
import { TrialKeys } from './keys.ts'
import { OpenIdProviders } from './openid-providers.ts'
import { PushService } from './push-service.ts'
import { Realms } from './realms.ts'
import { SamlProviders } from './saml-providers.ts'
import type { AccountThere, Back, SentOn, StandIn } from './stand-in.ts'

/** Everybody at whom people sign in elsewhere, played in this process. Nothing is sent anywhere. */
export class ShadowProviders {
  readonly keys = new TrialKeys()
  readonly #openId: OpenIdProviders
  readonly #saml = new SamlProviders(this.keys)
  readonly #acquirer: Acquirer
  readonly #bankId = new BankId()
  readonly #directories = new Directories()
  readonly #realms = new Realms()
  readonly push = new PushService()
  readonly #all: readonly StandIn[]

  /** `keysOf`: what an organization publishes for providers. */
  constructor(now: () => Date, keysOf: (organization: string) => Promise<JSONWebKeySet>) {
    this.#openId = new OpenIdProviders(keysOf)
    this.#acquirer = new Acquirer(this.keys, now)
    this.#all = [this.#openId, this.#saml, this.#acquirer, this.#bankId, this.#directories, this.#realms]
  }

  /** The world outside, as the service reaches it. */
  get world() {
    return { fetch: this.#fetch, post: this.#post, directory: this.#directories.at, tickets: this.#realms.check }
  }

  /** Somebody has an account there; `undefined` while the settings do not say where, and for who needs none. */
  async know(login: FederatedLogin, username: string): Promise<AccountThere | undefined> {
    return this.#of(login)?.know(login, username)
  }

  /** Somebody signs in where the browser was sent; `undefined` when nobody is there. */
  async signIn(way: SentOn, username: string, login: FederatedLogin): Promise<Back | undefined> {
    return this.#of(login)?.signIn(way, username, login)
  }

  #of(login: FederatedLogin): StandIn | undefined {
    return this.#all.find(({ plays }) => plays(login))
  }

  readonly #fetch: OutsideFetch = (input, init) =>
    ([this.push, this.#acquirer].find(({ isAt }) => isAt(new URL(input))) ?? this.#openId).fetch(input, init)

  readonly #post: PostMutual = (address, ...request) =>
    (this.#bankId.isAt(new URL(address)) ? this.#bankId : this.#saml).post(address, ...request)
}
