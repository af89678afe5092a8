import type { Deps } from '../deps.ts'
import { authenticatorOf } from '../directory/authenticators.ts'
import { identitiesOf } from '../directory/identities.ts'
import { methodsOf } from '../directory/login-secrets.ts'
import { passkeysOf } from '../directory/passkeys.ts'
import { passwordSetAt } from '../directory/passwords.ts'
import { phoneOf } from '../directory/phones.ts'
import { pushBrowsersOf } from '../directory/push-browsers.ts'
import type { StoredUser } from '../directory/users.ts'

/** Something that a person can show: never what it is, only that it is there. */
interface Credential {
  /** As the login policy calls it; `federated` for an account at another provider. */
  readonly method: string
  /** RFC 3339; null where nobody noted it. */
  readonly since: string | null
}

/** Everything that a person has set up to sign in. */
export async function setUpCredentials(deps: Pick<Deps, 'store'>, user: StoredUser): Promise<readonly Credential[]> {
  const { store } = deps
  const { tenant_id, user_id } = user
  const [steps, passkeys, identities] = await Promise.all([
    methodsOf(deps, tenant_id, user_id),
    passkeysOf(deps, tenant_id, user_id),
    identitiesOf(store, user),
  ])
  const dated = {
    password: await passwordSetAt(deps, user),
    sms: (await phoneOf(store, user))?.confirmed_at,
    push: (await pushBrowsersOf(store, user))[0]?.created_at,
    totp: (await authenticatorOf(store, user))?.created_at,
  }
  return [
    ...steps.map((method) => ({ method, since: null })),
    ...passkeys.map(({ created_at }) => ({ method: 'passkey', since: created_at })),
    ...identities.map(({ connected_at }) => ({ method: 'federated', since: connected_at })),
    ...Object.entries(dated).flatMap(([method, since]) => (since === undefined ? [] : [{ method, since }])),
  ]
}
