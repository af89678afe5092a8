import type { JSONWebKeySet } from 'jose'
import * as client from 'openid-client'
import { PlumblineError } from '../../config/errors.ts'
import { argon2id } from '../../identity/proof/argon2-node.ts'
import { ProofClient, webTools } from '../../identity/proof/client.ts'
import { Agent } from './agent.ts'
import type { Questions } from './questions.ts'

/** Never opened: the terminal takes the code out of it. Loopback addresses match with any port (RFC 8252, section 7.3). */
export const REDIRECT = 'http://127.0.0.1/callback'

/** Where and as what somebody signs in. */
export interface Place {
  readonly issuer: URL
  readonly clientId: string
  readonly scope: string
  readonly signal: AbortSignal
}

export type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>
export interface SignedIn {
  readonly config: client.Configuration
  readonly tokens: Tokens
}

/** The authorization code flow with PKCE, with the terminal in the place of the browser and the zero-knowledge login in that of its pages. */
export async function signIn(place: Place, username: string, questions: Questions): Promise<SignedIn> {
  const { issuer, clientId, scope, signal } = place
  const insecure = isLoopback(issuer) ? [client.allowInsecureRequests] : []
  const execute = [client.enableNonRepudiationChecks, ...insecure]
  const config = await client.discovery(issuer, clientId, undefined, client.None(), { execute })
  const agent = new Agent(issuer.origin, signal)
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const request = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const page = await agent.follow(request, (at) => isReturn(at) || at.searchParams.has('auth_req_id'))
  const back = isReturn(page) ? page : await complete(place, agent, config, page, username, questions)
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  return { config, tokens: await client.authorizationCodeGrant(config, back, checks) }
}

const isReturn = ({ origin, pathname }: URL): boolean => `${origin}${pathname}` === REDIRECT
export const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)

/** Shows who it is and takes the way back to the application. */
async function complete(
  { issuer }: Place,
  agent: Agent,
  config: client.Configuration,
  page: URL,
  username: string,
  questions: Questions,
): Promise<URL> {
  const handle = page.searchParams.get('auth_req_id') ?? ''
  const jwks = (await (await fetch(String(config.serverMetadata().jwks_uri))).json()) as JSONWebKeySet
  const proof = new ProofClient(webTools(argon2id), { tenantId: tenantOf(issuer), jwks })
  const nonce = await prove(agent, proof, { handle, username, questions })
  const query = new URLSearchParams({ auth_req_id: handle, nonce })
  return agent.follow(new URL(`${issuer.href}/complete?${query}`), isReturn)
}

/** The tenant in an issuer of this service. Throws USAGE for any other address. */
export function tenantOf({ pathname }: URL): string {
  const tenant = /^\/([^/]+)\/oidc$/.exec(pathname)?.[1]
  if (tenant === undefined)
    throw new PlumblineError('USAGE', 'the issuer has to look like https://login.example.com/<tenant>/oidc')
  return tenant
}

interface Person {
  readonly handle: string
  readonly username: string
  readonly questions: Questions
}

/** Messages 2 to 6 of the zero-knowledge login (docs/zero-knowledge-login.md); returns the ticket. */
async function prove(agent: Agent, proof: ProofClient, { handle, username, questions }: Person): Promise<string> {
  const attempt = await proof.begin()
  const { cipherKey } = attempt
  const path = (operation: string) => `/v1/login/${operation}?auth_req_id=${handle}`
  const asked = await answerOf<ChallengeAnswer>(await agent.post(path('challenge'), { username, cipherKey }))
  const challenge = await proof.open(attempt, asked)
  const secret = await questions.askSecret(challenge.steps)
  const fields = await proof.answer(attempt, challenge, username, secret, { purpose: 'login', handle })
  const body = { username, cipherKey, ...fields }
  const { nonce, need_verify } = await answerOf<LoginAnswer>(await agent.post(path('authenticate'), body))
  if (need_verify)
    throw new PlumblineError('REFUSED', 'this tenant demands another factor, which only a browser can show', {
      help: 'Sign in with a browser.',
    })
  return nonce
}

interface ChallengeAnswer {
  readonly challenge_data: string
  readonly proto_version: string
}
interface LoginAnswer {
  readonly nonce: string
  readonly need_verify: boolean
}

const CODES = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 429: 'RATE_LIMITED' } as const

/** Throws in the words of the service. */
async function answerOf<T>(answer: Response): Promise<T> {
  if (answer.ok) return (await answer.json()) as T
  const { detail } = (await answer.json().catch(() => ({}))) as { detail?: unknown }
  const code = CODES[answer.status as keyof typeof CODES] ?? 'UNEXPECTED_RESPONSE'
  const wait = answer.headers.get('retry-after')
  const help = wait === null ? {} : { help: `Try again in ${wait} seconds.` }
  throw new PlumblineError(code, typeof detail === 'string' ? detail : `the service answered ${answer.status}`, help)
}
