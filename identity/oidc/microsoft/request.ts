import { errors } from 'oidc-provider'
import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { CLIENTS, type StoredClient } from '../../directory/clients.ts'
import { type StoredUser, USERS } from '../../directory/users.ts'
import { verifyHint } from './hint.ts'

/** The one method of Entra's list that we can speak for: a passkey (notes, section 2, `flow`). */
export const AMR = 'fido'
/** Values of `acr` that a factor of possession satisfies. */
const ACR_OF_POSSESSION: ReadonlySet<string> = new Set([
  'possession',
  'possessionorinherence',
  'knowledgeorpossession',
  'knowledgeorpossessionorinherence',
])

/** What the answer to Entra has to hold. */
export interface EntraAnswer {
  readonly clientId: string
  readonly redirectUri: string
  readonly state?: string
}

/** A request of Entra that was checked: a login of one user that it waits for. */
export interface Challenge extends EntraAnswer {
  readonly userId: string
  readonly nonce: string
  /** Subject of the hint, which comes back in our token. */
  readonly sub: string
  readonly acr: string
}

/** A client that Entra asks as: an external authentication method. */
export type MicrosoftClient = StoredClient & { readonly flow: NonNullable<StoredClient['flow']> }

const isMicrosoft = (client: StoredClient | undefined): client is MicrosoftClient =>
  client?.flow?.type === 'microsoft-mfa'

/** The client of a form when it is one of Entra's; `undefined` for every other form. */
export async function microsoftClient(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  form: URLSearchParams,
): Promise<MicrosoftClient | undefined> {
  const id = form.get('client_id')
  const client = id === null ? undefined : await store.get(CLIENTS, tenant, id)
  return isMicrosoft(client) && !client.is_lock ? client : undefined
}

/** Where an answer may go. Throws InvalidRedirectUri: to a strange address nothing is sent, no error either. */
export function answerTo(client: MicrosoftClient, form: URLSearchParams): EntraAnswer {
  const redirectUri = form.get('redirect_uri') ?? ''
  if (!client.redirect_uris.includes(redirectUri)) throw new errors.InvalidRedirectUri()
  const state = form.get('state')
  return { clientId: client.client_id, redirectUri, ...(state === null ? {} : { state }) }
}

const text = Type.String({ minLength: 1, maxLength: 1024 })
const values = Type.Object({ values: Type.Array(Type.String(), { maxItems: 100 }) })

/** The parameters of Entra beside `client_id`, `redirect_uri` and `state`. */
const Parameters = Type.Object({
  response_type: Type.Literal('id_token'),
  response_mode: Type.Literal('form_post'),
  scope: Type.String({ pattern: '(^| )openid( |$)', maxLength: 1024 }),
  nonce: text,
  id_token_hint: Type.String({ minLength: 1, maxLength: 16_384 }),
  claims: Type.String({ minLength: 1, maxLength: 16_384 }),
})
const Claims = Type.Object({ id_token: Type.Object({ amr: values, acr: values }) })

/** Checks a whole request. Throws an error of OAuth 2.0 that Entra may be told. */
export async function readChallenge(
  deps: Pick<Deps, 'store' | 'entraKeys'>,
  tenant: string,
  client: MicrosoftClient,
  form: URLSearchParams,
): Promise<Challenge> {
  const parameters = conforming(Parameters, Object.fromEntries(form), 'the request')
  const acr = demandedAcr(conforming(Claims, parsed(parameters.claims), 'claims'))
  const { sub, externalId } = await verifyHint(deps, parameters.id_token_hint, client.flow.issuer).catch(toOAuth)
  const { user_id: userId } = await linkedUser(deps, tenant, externalId)
  return { ...answerTo(client, form), userId, nonce: parameters.nonce, sub, acr }
}

function conforming<S extends TSchema>(schema: S, value: unknown, name: string): Static<S> {
  if (Value.Check(schema, value)) return value
  const [first] = Value.Errors(schema, value)
  throw new errors.InvalidRequest(`${name} is not one of Entra: ${first?.instancePath} ${first?.message}`)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new errors.InvalidRequest('claims is not JSON', undefined, { cause })
  }
}

/** The first demanded `acr` that a passkey satisfies. Throws UnmetAuthenticationRequirements when it is not what Entra wants. */
function demandedAcr({ id_token: { acr, amr } }: Static<typeof Claims>): string {
  const found = acr.values.find((value) => ACR_OF_POSSESSION.has(value))
  if (found === undefined || !amr.values.includes(AMR))
    throw new errors.UnmetAuthenticationRequirements('only a passkey (fido), a factor of possession, can be shown here')
  return found
}

/** The user whom Entra means: of several, or of a disabled one, nobody can say who signs in. */
async function linkedUser({ store }: Pick<Deps, 'store'>, tenant: string, externalId: string): Promise<StoredUser> {
  const { items } = await store.find(USERS, tenant, { where: { external_id: externalId }, limit: 2 })
  const [user] = items
  if (user === undefined || items.length > 1 || user.is_disabled)
    throw new errors.AccessDenied('the user of the hint is not linked to a usable account here')
  return user
}

const OAUTH = { REJECTED: errors.InvalidRequest, UNAVAILABLE: errors.TemporarilyUnavailable } as const

function toOAuth(error: unknown): never {
  const Known = error instanceof PlumblineError ? OAUTH[error.code as keyof typeof OAUTH] : undefined
  if (!Known) throw error
  throw new Known((error as PlumblineError).message)
}
