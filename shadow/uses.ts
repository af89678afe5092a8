import { ClientSecretPost, fetchUserInfo, None, refreshTokenGrant, tokenRevocation } from 'openid-client'
import { keyOf, resolve, tenantOf } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import { CLIENTS } from '../identity/directory/clients.ts'
import { STEP_UP_ACR } from '../identity/policy/assurance.ts'
import type { SecretReference } from '../reconciler/secret-source.ts'
import { discover, type SignInPlace, signIn } from '../signin/flow.ts'
import { madeUpSecrets } from './documents.ts'
import { show } from './factors.ts'
import { agree, sendForm } from './forms.ts'
import { loginPlace, type Refusal, refusalWithin, type ShadowLogin } from './login.ts'
import type { ShadowService } from './service.ts'

/** What somebody who gets in at a tenant does there, and why it does not work. */
export type Uses = ReadonlyMap<string, Refusal>

/** Applications of documents, by their tenant. */
export function applicationsOf(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const index = resolve(resources)
  return Map.groupBy(
    resources.filter(({ kind }) => kind === 'Client'),
    (client) => tenantOf(client, index) ?? '',
  )
}

/** Stays signed in, steps up, signs out, and signs in to each application of the tenant. */
export async function usesOf(
  shadow: ShadowService,
  login: ShadowLogin,
  applications: readonly Resource[],
): Promise<Uses> {
  const uses = new Map<string, Refusal>()
  const work: [string, () => Promise<unknown>][] = [
    ['stay signed in, and sign out', () => refreshAndSignOut(shadow, login)],
    ['step up', () => enter(shadow, login, { parameters: { acr_values: STEP_UP_ACR } })],
    ...applications.map((one): [string, () => Promise<unknown>] => [
      `sign in to ${keyOf(one)}`,
      () => signInTo(shadow, login, one),
    ]),
  ]
  // One after the other: codes of one person serve one login at a time.
  for (const [what, use] of work) uses.set(what, await refusalWithin(login.signal, use))
  return uses
}

const enter = (shadow: ShadowService, login: ShadowLogin, more: Partial<SignInPlace>) =>
  signIn({ ...loginPlace(shadow, login), ...more }, (begun) => show(shadow, begun, login.person))

/** With a refresh token, which only a person can agree to, what the service says of them, and the page that asks before it ends the session. */
async function refreshAndSignOut(shadow: ShadowService, login: ShadowLogin): Promise<void> {
  const offline = { scope: 'openid offline_access', parameters: { prompt: 'consent' }, agree }
  const { config, tokens, agent } = await enter(shadow, login, offline)
  await fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
  const refreshed = await refreshTokenGrant(config, tokens.refresh_token ?? '')
  await tokenRevocation(config, refreshed.access_token)
  const end = new URL(config.serverMetadata().end_session_endpoint ?? '')
  end.searchParams.set('id_token_hint', tokens.id_token ?? '')
  const page = await agent.page(`${end.pathname}${end.search}`)
  const done = await sendForm(agent, await page.text(), { logout: 'yes' })
  if (done.status >= 400) throw new TypeError(`the sign-out was answered ${done.status}`)
}

async function signInTo(
  shadow: ShadowService,
  login: ShadowLogin,
  { spec, metadata: { name } }: Resource,
): Promise<void> {
  const { tenant } = login.person
  const clientId = String(spec.clientId ?? name)
  const client = await shadow.service.deps.store.get(CLIENTS, tenant, clientId)
  const [redirect] = client?.redirect_uris ?? []
  // Only another identity provider sends people to such a one.
  if (client === undefined || redirect === undefined || client.flow !== null) return
  const reference = spec.clientSecret as SecretReference | undefined
  if (client.client_type === 'confidential' && reference === undefined) return
  const proof = reference === undefined ? None() : ClientSecretPost((await madeUpSecrets(reference)).reveal())
  const { issuer } = loginPlace(shadow, login)
  const config = await discover({ issuer, clientId }, { id_token_signed_response_alg: client.sing_alg }, proof)
  await enter(shadow, login, { clientId, redirect, config, scope: 'openid' })
}
