import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { API_KEY_SCOPES } from '../directory/api-keys.ts'
import { loginOfToken, requireClient } from './access-token.ts'
import type { Principal } from './authenticate.ts'
import type { LoginToken } from './credentials.ts'

/**
 * What a signed-in person may do with API keys: look at the own ones, replace and delete them. Every other operation of the
 * administration refuses people, whatever scopes their token has: a scope says what an application may ask for, not who somebody is.
 */
const OWN_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  'GET /v1/users/me/keys': ['keys:read'],
  'POST /v1/users/me/keys/:key_id/regenerate': ['keys:write'],
  'DELETE /v1/users/me/keys/:key_id': ['keys:write'],
}

/** The person of an access token as a principal, with the rights to the own keys. Throws UNAUTHENTICATED. */
export async function principalOfLogin(
  deps: Pick<Deps, 'store' | 'providers'>,
  request: FastifyRequest,
  credentials: LoginToken,
): Promise<Principal> {
  const { tenant, userId, sessionId } = await loginOfToken(deps, credentials)
  const scopes = OWN_RIGHTS[`${request.method} ${request.routeOptions.url}`] ?? []
  return { kind: 'key', keyId: `session:${sessionId}`, tenant, userId, scopes }
}

/** The program of an access token as a principal, with the rights among its scopes. Throws UNAUTHENTICATED. */
export async function principalOfProgram(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl' | 'providers'>,
  token: string,
): Promise<Principal> {
  const { tenant, clientId, scopes: granted } = await requireClient(deps, token)
  const scopes = API_KEY_SCOPES.filter((scope) => granted.has(scope))
  return { kind: 'key', keyId: `client:${clientId}`, tenant, userId: '', scopes }
}
