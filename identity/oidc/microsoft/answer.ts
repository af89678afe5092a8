import type { FastifyReply } from 'fastify'
import { errors } from 'oidc-provider'
import type { Deps } from '../../deps.ts'
import { CLIENTS } from '../../directory/clients.ts'
import { accountOf } from '../account.ts'
import { formPost } from '../form-post.ts'
import { AMR, type Challenge, type EntraAnswer } from './request.ts'

/** Tells Entra that its user signed in: an ID token with the subject and nonce of its request, one `acr` and one `amr`. */
export async function answerSignedIn(
  deps: Pick<Deps, 'store' | 'providers'>,
  reply: FastifyReply,
  tenant: string,
  challenge: Challenge,
): Promise<FastifyReply> {
  const registration = await deps.store.get(CLIENTS, tenant, challenge.clientId)
  if (!(await accountOf(deps, tenant, challenge.userId)) || registration?.is_lock)
    return answerRefused(reply, challenge, new errors.AccessDenied('the account or the client cannot be used'))
  const idToken = await idTokenOf(deps, tenant, challenge)
  if (idToken === undefined) return answerRefused(reply, challenge, new errors.AccessDenied('the client is gone'))
  return formPost(reply, challenge.redirectUri, { id_token: idToken, ...stateOf(challenge) })
}

/** As the library issues its own, with its keys (RS256, forced for such clients) and lifetime; `undefined` when the client is gone. */
const idTokenOf = (
  deps: Pick<Deps, 'providers'>,
  tenant: string,
  { clientId, ...facts }: Challenge,
): Promise<string | undefined> =>
  deps.providers.use(tenant, clientId, async ({ provider }) => {
    const client = await provider.Client.find(clientId)
    if (!client) return undefined
    const token = new provider.IdToken({}, { client })
    for (const [name, value] of Object.entries({ sub: facts.sub, nonce: facts.nonce, acr: facts.acr, amr: [AMR] }))
      token.set(name, value)
    return token.issue({ use: 'idtoken' })
  })

/** Tells Entra that its user did not sign in (RFC 6749, section 4.2.2.1). */
export const answerRefused = (
  reply: FastifyReply,
  answer: EntraAnswer,
  { error, error_description }: errors.OIDCProviderError,
): FastifyReply =>
  formPost(reply, answer.redirectUri, { error, error_description: error_description ?? '', ...stateOf(answer) })

const stateOf = ({ state }: EntraAnswer) => (state === undefined ? {} : { state })
