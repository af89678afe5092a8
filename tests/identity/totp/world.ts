import { generateSync } from 'otplib'
import { openPasswordWorld, PASSWORD, type PasswordWorld } from '../password/world.ts'

const FEATURES = { google_authenticator_step_up_authentication_enabled: true }
const PATH = '/v1/users/me/authenticator'

/** What an authenticator app shows, by another library than the one of the service. */
export const appCode = (secret: string, at: Date): string =>
  generateSync({ secret, epoch: Math.floor(at.getTime() / 1000) })

/** Jane, with whatever she has set up. */
export interface Jane {
  readonly tenant: string
  readonly organization: string
  /** An API key of hers. */
  readonly key: string
}

/** An app that is set up. */
export interface App {
  readonly secret: string
  readonly recovery: readonly string[]
}

export class TotpWorld {
  readonly passwords: PasswordWorld

  constructor(passwords: PasswordWorld) {
    this.passwords = passwords
  }

  get login() {
    return this.passwords.login
  }

  /** A tenant that takes apps and demands two factors, in which jane has a password. */
  async jane(units: object = {}, more: object = {}): Promise<Jane> {
    const { tenant, organization } = await this.passwords.tenant({ passkey_enabled: false, ...more })
    await this.passwords.cim(organization, { features: FEATURES, ...units })
    await this.passwords.pigello(organization, {
      require_mfa_for_customers: true,
      require_mfa_for_non_customers: true,
      customers_can_use_hotp_login: false,
      non_customers_can_use_hotp_login: false,
    })
    await this.passwords.user(tenant)
    return { tenant, organization, key: await this.login.keyOf(tenant, 'jane') }
  }

  call(jane: Jane, method: 'GET' | 'POST' | 'DELETE', path = '', body?: object) {
    return this.login.send(method, PATH + path, body, { key: jane.key })
  }

  /** The code that the app shows now. */
  code = (secret: string): string => appCode(secret, this.login.clock.now)

  /** Sets an app up; the code that did it is used up for half a minute. */
  async enrol(jane: Jane): Promise<App> {
    const { secret } = (await this.call(jane, 'POST')).body
    const { body } = await this.call(jane, 'POST', '/confirm', { code: this.code(secret) })
    this.login.pass(30)
    return { secret, recovery: body.recovery_codes }
  }

  /** Shows the password; returns the login with the ticket of that factor. */
  async begin(tenant: string, more: object = {}): Promise<{ readonly handle: string; readonly nonce: string }> {
    const handle = await this.login.begin(tenant, more)
    const answer = { username: 'jane', password: PASSWORD }
    const { body } = await this.login.send('POST', `/v1/login/password?auth_req_id=${handle}`, answer)
    return { handle, nonce: body.nonce }
  }

  confirm({ handle, nonce }: { readonly handle: string; readonly nonce: string }, code: string) {
    return this.login.send('POST', `/v1/login/authenticator?auth_req_id=${handle}`, { nonce, code })
  }

  /** A whole login. */
  async signIn(tenant: string, code: string) {
    return this.confirm(await this.begin(tenant), code)
  }
}

export async function openTotpWorld() {
  const { world, close } = await openPasswordWorld()
  return { world: new TotpWorld(world), close }
}
