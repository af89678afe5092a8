import { PlumblineError } from '../config/errors.ts'
import type { ConnectOptions, Session } from '../reconciler/adapter.ts'
import { type Place, placeOfInstance, placeOfUrl } from '../reconciler/identity.ts'
import { type HttpAnswer, request } from './http.ts'

/** The vendor APIs that a service of ours serves for an organization. */
const SERVED = /^(.*)\/orgs\/([^/]+)\/(?:pigello|cim|sailpoint|navixy)(?:\/|$)/

/**
 * `Session.place` of every system: a service of ours tells its instance id (docs/contracts/organizations.openapi.yaml,
 * getInstance), everything else is known by its base URL and the account of the credentials, if they name one.
 */
export function placeBehind(options: ConnectOptions, system: string, account?: string): NonNullable<Session['place']> {
  const [, root, organization] = SERVED.exec(options.baseUrl) ?? []
  const mayBeOurs = system === 'SecretsVault' || root !== undefined
  return async (signal): Promise<Place> => {
    const id = mayBeOurs ? await instanceAt(root ?? options.baseUrl, system, options, signal) : undefined
    if (id === undefined) return placeOfUrl(options.baseUrl, account)
    return placeOfInstance(id, organization && decodeURIComponent(organization))
  }
}

/** `undefined`: a definite answer, and not that of a service of ours. */
async function instanceAt(
  root: string,
  system: string,
  { fetch }: ConnectOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const label = `${system} getInstance`
  const answer = await request({ fetch, method: 'GET', url: `${root}/v1/instance`, headers: {}, signal, label })
  if (answer.status === 429 || answer.status >= 500) {
    throw new PlumblineError('UNAVAILABLE', `${label}: answered ${answer.status}`, { retry: 'backoff' })
  }
  return answer.status === 200 ? instanceIn(answer) : undefined
}

function instanceIn({ text }: HttpAnswer): string | undefined {
  try {
    const { instance_id: id } = JSON.parse(text) as { readonly instance_id?: unknown }
    return typeof id === 'string' && id !== '' ? id : undefined
  } catch {
    return undefined
  }
}
