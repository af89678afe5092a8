import type { JSONWebKeySet } from 'jose'
import { argon2id } from '../../../identity/proof/argon2-node.ts'
import { ProofClient, webTools } from '../../../identity/proof/client.ts'
import type { LoginSecret, Steps } from '../../../identity/proof/secret-bytes.ts'
import { type Application, newRequest } from './application.ts'
import { Browser, reachLogin } from './browser.ts'
import type { OidcWorld } from './world.ts'

export interface Person {
  readonly username: string
  readonly steps: Steps
  readonly secret: LoginSecret
}

/** What the login pages do when somebody signs up. Tenant and application have to allow it. Returns the user's id. */
export async function signUp(world: OidcWorld, app: Application, { username, steps, secret }: Person): Promise<string> {
  const handle = await reachLogin(world, new Browser(), (await newRequest(app)).address)
  const jwks = (await (await fetch(`${world.url}/${app.tenant}/oidc/jwks`)).json()) as JSONWebKeySet
  const proof = new ProofClient(webTools(argon2id), { tenantId: app.tenant, jwks })
  const fields = await proof.commitment(username, steps, secret, { purpose: 'register', handle })
  const answer = await fetch(`${world.url}/v1/login/register?auth_req_id=${handle}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, email: `${username}@example.com`, ...fields }),
  })
  if (answer.status !== 201) throw new Error(`the sign-up answered ${answer.status}: ${await answer.text()}`)
  const { user_id } = await world.admin<{ user_id: string }>('GET', `/v1/tenants/${app.tenant}/usernames/${username}`)
  return user_id
}
