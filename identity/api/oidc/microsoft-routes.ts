import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { errors } from 'oidc-provider'
import type { Deps } from '../../deps.ts'
import { mountOf } from '../../oidc/issuer.ts'
import { answerRefused } from '../../oidc/microsoft/answer.ts'
import { answerTo, type Challenge, type MicrosoftClient, readChallenge } from '../../oidc/microsoft/request.ts'
import { awaitPerson } from '../../oidc/pending-login.ts'
import { Fault } from '../../platform/fault.ts'
import { browserOf, newBrowser } from '../../platform/http/browser.ts'
import { publicUrlOf } from '../../platform/http/public-url.ts'
import type { Collection } from '../../store/store.ts'

/** A checked request of Entra on its way from the form to the browser's own request, in the scope of the tenant. */
interface Arrival {
  readonly id: string
  readonly challenge: Challenge
}
const ARRIVALS: Collection<Arrival> = { name: 'microsoftArrivals', id: (arrival) => arrival.id, indexes: [] }
const ARRIVAL_SECONDS = 60

/**
 * The form of Entra comes from another site and so without our cookies. What it asks is checked and put down, and the browser is sent
 * to fetch its login with them. Nothing of the form gets into an address.
 */
export async function acceptMicrosoft(
  deps: Pick<Deps, 'store' | 'entraKeys'>,
  reply: FastifyReply,
  request: { readonly tenant: string; readonly client: MicrosoftClient; readonly form: URLSearchParams },
): Promise<FastifyReply> {
  const { tenant, client, form } = request
  const answer = answerTo(client, form)
  try {
    const challenge = await readChallenge(deps, tenant, client, form)
    const id = randomBytes(32).toString('base64url')
    await deps.store.create(ARRIVALS, tenant, { id, challenge }, ARRIVAL_SECONDS)
    return reply.redirect(`${mountOf(tenant)}/microsoft-mfa?request=${id}`, 303)
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error
    return answerRefused(reply, answer, error)
  }
}

const QUERY = {
  querystring: {
    type: 'object',
    required: ['request'],
    properties: { request: { type: 'string', minLength: 1, maxLength: 128 } },
  },
}

/** Sends the browser on to the login page, for one user and a passkey only. */
export function microsoftRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl'>,
): void {
  interface Route {
    Params: { tenant_id: string }
    Querystring: { request: string }
  }
  scope.get<Route>('/microsoft-mfa', { schema: QUERY }, async (request, reply) => {
    const { tenant_id: tenant } = request.params
    const arrival = await deps.store.take(ARRIVALS, tenant, request.query.request)
    if (!arrival) throw new Fault(401, 'the login took too long; go back and start again')
    const { clientId, redirectUri, userId } = arrival.challenge
    const page = await awaitPerson(deps, tenant, {
      clientId,
      redirectUri,
      scope: 'openid',
      demand: { userId, method: 'passkey' },
      browser: browserOf(request.headers.cookie) ?? openBrowser(deps, tenant, reply),
      continuation: { microsoft: arrival.challenge },
    })
    return reply.redirect(page, 303)
  })
}

function openBrowser(deps: Pick<Deps, 'publicUrl'>, tenant: string, reply: FastifyReply): string {
  const { cookie, browser } = newBrowser(tenant, publicUrlOf(deps).startsWith('https:'))
  reply.header('set-cookie', cookie)
  return browser
}
