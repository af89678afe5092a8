import { PlumblineError } from '../config/errors.ts'
import { argon2id } from '../identity/proof/argon2-node.ts'
import { type ClientTools, ProofClient, webTools } from '../identity/proof/client.ts'
import type { LoginSecret, Steps } from '../identity/proof/secret-bytes.ts'
import type { Begun } from './flow.ts'

/** What the service says to a factor that it took. */
export interface StepAnswer {
  /** The ticket that completes the login. */
  readonly nonce: string
  /** Another factor is due. */
  readonly need_verify: boolean
}

/** Enters what the steps of an account demand. */
export type EnterSecret = (steps: Steps) => Promise<LoginSecret>

/** Messages 2 to 6 of the zero-knowledge login (docs/zero-knowledge-login.md). Throws in the words of the service. */
export async function showSecret(
  begun: Begun,
  username: string,
  enter: EnterSecret,
  tools: ClientTools = webTools(argon2id),
): Promise<StepAnswer> {
  const { tenantId, jwks, handle } = begun
  const proof = new ProofClient(tools, { tenantId, jwks })
  const attempt = await proof.begin()
  const { cipherKey } = attempt
  const asked = await step<ChallengeAnswer>(begun, 'challenge', { username, cipherKey })
  const challenge = await proof.open(attempt, asked)
  const secret = await enter(challenge.steps)
  const fields = await proof.answer(attempt, challenge, username, secret, { purpose: 'login', handle })
  return step(begun, 'authenticate', { username, cipherKey, ...fields })
}

interface ChallengeAnswer {
  readonly challenge_data: string
  readonly proto_version: string
}

const CODES = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 429: 'RATE_LIMITED' } as const

/** One request of a pending login. Throws in the words of the service. */
export async function step<T>({ agent, handle }: Begun, operation: string, body: object): Promise<T> {
  const answer = await agent.post(`/v1/login/${operation}?auth_req_id=${handle}`, body)
  if (answer.ok) return (await answer.json()) as T
  const { detail } = (await answer.json().catch(() => ({}))) as { detail?: unknown }
  const code = CODES[answer.status as keyof typeof CODES] ?? 'UNEXPECTED_RESPONSE'
  const wait = answer.headers.get('retry-after')
  const help = wait === null ? {} : { help: `Try again in ${wait} seconds.` }
  throw new PlumblineError(code, typeof detail === 'string' ? detail : `the service answered ${answer.status}`, help)
}
