import { type Configuration, fetchUserInfo, tokenRevocation } from 'openid-client'
import { PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { Method } from '../identity/directory/methods.ts'
import type { CreationOptions, RequestOptions } from '../signin/authenticator.ts'
import { type Begun, discover, REDIRECT, signIn } from '../signin/flow.ts'
import { type StepAnswer, showSecret, step } from '../signin/steps.ts'
import { CHEAP_PROOF, type Person, SHADOW_PASSWORD } from './people.ts'
import type { ShadowService } from './service.ts'

const CLIENT = 'plumbline-shadow'

/** Registers the application that everybody of a tenant signs in to, and asks the tenant how. */
export async function openClient(shadow: ShadowService, tenant_id: string): Promise<Configuration> {
  const body = { client_id: CLIENT, name: 'Shadow', tenant_id, client_type: 'public', redirect_uris: [REDIRECT] }
  await shadow.call('POST', '/v1/clients', body)
  return discover({ issuer: issuerOf(shadow, tenant_id), clientId: CLIENT })
}

const issuerOf = ({ url }: ShadowService, tenant: string): URL => new URL(`${url}/${tenant}/oidc`)

/** How a trial login ended: `undefined` when it worked, else why not. */
export type Refusal = string | undefined

export interface ShadowLogin {
  readonly person: Person
  readonly config: Configuration
  /** Address that the person comes from. */
  readonly from: string
  readonly signal: AbortSignal
}

/** A whole login, with a second factor where one is due: code flow, tokens, userinfo, and back again. */
export async function tryLogin(shadow: ShadowService, { person, config, from, signal }: ShadowLogin): Promise<Refusal> {
  const place = {
    issuer: issuerOf(shadow, person.tenant),
    clientId: CLIENT,
    scope: 'openid profile',
    signal,
    from,
    config,
  }
  try {
    const { tokens } = await signIn(place, (begun) => show(shadow, begun, person))
    await fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
    await tokenRevocation(config, tokens.access_token)
    return undefined
  } catch (thrown) {
    signal.throwIfAborted()
    return toPlumblineError(thrown).message
  }
}

async function show(shadow: ShadowService, begun: Begun, person: Person): Promise<string> {
  const factors = [firstFactor, byCode, byNewPasskey]
  let last: StepAnswer | undefined
  for (const factor of factors) {
    if (last?.need_verify === false) break
    last = (await factor(shadow, begun, person, last?.nonce ?? '')) ?? last
  }
  if (last?.need_verify === false) return last.nonce
  throw new PlumblineError('REFUSED', 'another factor is due')
}

/** What there is to show, on the ground of a ticket so far; `undefined` when it is of no use here. */
type Factor = (shadow: ShadowService, begun: Begun, person: Person, nonce: string) => Promise<StepAnswer | undefined>

const KNOWN: readonly Method[] = ['pin', 'pattern', 'password']
const knowsSomething = ({ enrolled }: Person): boolean => enrolled.methods.some((method) => KNOWN.includes(method))

const firstFactor: Factor = async (_shadow, begun, person) => {
  const { username, enrolled, secret } = person
  if (enrolled.methods.includes('password')) return step(begun, 'password', { username, password: SHADOW_PASSWORD })
  if (enrolled.methods.includes('passkey')) return byPasskey(begun, person)
  return knowsSomething(person) ? showSecret(begun, username, async () => secret, CHEAP_PROOF) : undefined
}

/** Where nobody signs in with a mailed code, it is no factor of anybody. */
const byCode: Factor = async (shadow, begun, { tenant, username }) => {
  if (!(await answersTo(step(begun, 'code/request', { username })))) return undefined
  const { body } = await shadow.call('GET', `/v1/tenants/${tenant}/outbox?limit=100`)
  const { messages } = body as { messages: readonly { readonly to: string; readonly text: string }[] }
  const mail = messages.find(({ to }) => to === `${username}@shadow.example`)
  const code = /\b\d{6,18}\b/.exec(mail?.text ?? '')?.[0]
  return code === undefined ? undefined : step(begun, 'code', { username, code })
}

/** One that is set up on the way, where that is allowed. */
const byNewPasskey: Factor = async (_shadow, begun, person, nonce) => {
  const { agent, handle } = begun
  const query = new URLSearchParams({ auth_req_id: handle, nonce })
  const options = await agent.post(`/v1/webauthn/registration/options?${query}`, {})
  if (!options.ok) return undefined
  const made = person.authenticator.create((await options.json()) as CreationOptions)
  const kept = await agent.post(`/v1/webauthn/registration/verify?${query}`, made)
  return kept.ok ? byPasskey(begun, person) : undefined
}

async function byPasskey({ agent, handle }: Begun, { tenant, username, authenticator }: Person): Promise<StepAnswer> {
  const body = { username, tenant_id: tenant }
  const options = await agent.post(`/v1/webauthn/authentication/options?tenant_id=${tenant}`, body)
  const shown = options.ok ? authenticator.get((await options.json()) as RequestOptions) : undefined
  const answer =
    shown && (await agent.post(`/v1/webauthn/authentication/verify?auth_req_id=${handle}`, { ...shown, ...body }))
  if (answer?.ok) return (await answer.json()) as StepAnswer
  throw new PlumblineError('REFUSED', 'the passkey was not accepted')
}

/** False for what the tenant does not offer. */
async function answersTo(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked
    return true
  } catch (thrown) {
    if (thrown instanceof PlumblineError && thrown.code === 'FORBIDDEN') return false
    throw thrown
  }
}
