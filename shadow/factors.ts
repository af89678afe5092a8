import { PlumblineError } from '../config/errors.ts'
import { AUTHENTICATORS } from '../identity/directory/authenticators.ts'
import { totpCode } from '../identity/factors/totp/code.ts'
import type { CreationOptions, RequestOptions } from '../signin/authenticator.ts'
import type { Begun } from '../signin/flow.ts'
import { type StepAnswer, showSecret, step } from '../signin/steps.ts'
import { signInElsewhere } from './elsewhere.ts'
import { withNewApp } from './new-app.ts'
import { CHEAP_PROOF, type Person } from './people.ts'
import { SHADOW_PASSWORD } from './place.ts'
import { approvedByPush } from './push.ts'
import type { ShadowService } from './service.ts'

/** A login on its way, and who signs in. */
interface Attempt {
  readonly shadow: ShadowService
  readonly begun: Begun
  readonly person: Person
  /** Ticket so far; empty at first. */
  readonly nonce: string
}

/** What there is to show; `undefined` when the person has no such thing, or it is of no use here. */
type Factor = (attempt: Attempt) => Promise<StepAnswer | undefined>

/** Shows whatever the person has, until it is enough; the ticket. Throws what the service said first, or REFUSED when it wants more. */
export async function show(shadow: ShadowService, begun: Begun, person: Person): Promise<string> {
  let last: StepAnswer | undefined
  let refusal: unknown
  for (const factor of FACTORS) {
    try {
      last = (await factor({ shadow, begun, person, nonce: last?.nonce ?? '' })) ?? last
    } catch (thrown) {
      refusal ??= thrown
    }
    if (last?.need_verify === false) return last.nonce
  }
  throw last === undefined && refusal !== undefined ? refusal : new PlumblineError('REFUSED', 'another factor is due')
}

const byPassword: Factor = async ({ begun, person: { username, enrolled } }) =>
  enrolled.first === 'password' ? step(begun, 'password', { username, password: SHADOW_PASSWORD }) : undefined

const byPasskey: Factor = async ({ begun, person }) =>
  person.enrolled.first === 'passkey' ? withPasskey(begun, person) : undefined

const bySecret: Factor = async ({ begun, person: { username, enrolled, secret } }) =>
  enrolled.first === 'pin' || enrolled.first === 'pattern'
    ? showSecret(begun, username, async () => secret, CHEAP_PROOF)
    : undefined

/** Codes that are sent: the operation, the method, and where the service sends them. */
const byCode =
  (path: string, method: 'otp' | 'sms' | 'letter', addressOf: (person: Person) => string): Factor =>
  async ({ shadow, begun, person }) => {
    const { tenant, username, enrolled } = person
    if (!enrolled.methods.includes(method)) return undefined
    // Where nobody signs in with such a code, it is no factor of anybody.
    if (!(await answersTo(step(begun, `${path}/request`, { username })))) return undefined
    const code = /\b\d{6,18}\b/.exec((await shadow.messageTo(tenant, addressOf(person))) ?? '')?.[0]
    return code === undefined ? undefined : step(begun, path, { username, code })
  }

/** As if half a minute had passed since the last login: the app shows another code. */
const byApp: Factor = async ({ shadow, begun, person: { tenant, username, enrolled, appSecret }, nonce }) => {
  if (!enrolled.methods.includes('totp') || nonce === '') return undefined
  const { store, now } = shadow.service.deps
  await store.update(AUTHENTICATORS, tenant, username, (old) => ({ ...old, last_step: 0 }))
  return step(begun, 'authenticator', { nonce, code: totpCode(appSecret, now()) })
}

const byPush: Factor = async ({ shadow, begun, person, nonce }) =>
  person.enrolled.methods.includes('push') && nonce !== '' ? approvedByPush(shadow, begun, person) : undefined

/** One that is set up on the way, where that is allowed. */
const byNewPasskey: Factor = async ({ begun, person, nonce }) => {
  const { agent, handle } = begun
  const query = new URLSearchParams({ auth_req_id: handle, nonce })
  const options = await agent.post(`/v1/webauthn/registration/options?${query}`, {})
  if (!options.ok) return undefined
  const made = person.authenticator.create((await options.json()) as CreationOptions)
  const kept = await agent.post(`/v1/webauthn/registration/verify?${query}`, made)
  return kept.ok ? withPasskey(begun, person) : undefined
}

const byNewApp: Factor = async ({ shadow, begun, person, nonce }) =>
  nonce === '' ? undefined : withNewApp(begun, person.tenant, shadow.service.deps.now())

const byProvider: Factor = ({ shadow, begun, person }) =>
  signInElsewhere(shadow, begun, person, (on) => show(shadow, on, atDevice(person)))

/** The same person with what they sign in with on their device. */
const atDevice = (person: Person): Person => ({
  ...person,
  enrolled: { ...person.enrolled, first: person.ownMethod ?? 'otp' },
})

const FACTORS: readonly Factor[] = [
  byProvider,
  byPassword,
  byPasskey,
  bySecret,
  byCode('code', 'otp', ({ username }) => `${username}@shadow.example`),
  byCode('text', 'sms', ({ number }) => number),
  byApp,
  byPush,
  byCode('letter', 'letter', ({ username }) => username),
  byNewPasskey,
  byNewApp,
]

async function withPasskey({ agent, handle }: Begun, { tenant, username, authenticator }: Person): Promise<StepAnswer> {
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
