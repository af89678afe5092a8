import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { API_KEY_SCOPES } from '../directory/api-keys.ts'
import { tenantOfToken } from '../oidc/extensions.ts'
import type { Principal } from './authenticate.ts'
import { requireClient, requireLogin } from './bearer.ts'

/**
 * What a signed-in person may do with API keys: look at the own ones, replace and delete them. Every other operation of the
 * administration refuses people, whatever scopes their token has: a scope says what an application may ask for, not who somebody is.
 */
const OWN_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  'GET /v1/users/me/keys': ['keys:read'],
  'POST /v1/users/me/keys/:key_id/regenerate': ['keys:write'],
  'DELETE /v1/users/me/keys/:key_id': ['keys:write'],
}

/**
 * The access token of a request as a principal: a person with the rights to the own keys, or a program with the rights among its
 * scopes, each in its own tenant. Throws UNAUTHENTICATED.
 */
export async function principalOfToken(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: FastifyRequest,
  token: string,
): Promise<Principal> {
  if (tenantOfToken(token) === undefined) {
    const { tenant, clientId, scopes } = await requireClient(deps, token)
    return {
      kind: 'key',
      keyId: `client:${clientId}`,
      tenant,
      userId: '',
      scopes: API_KEY_SCOPES.filter((s) => scopes.has(s)),
    }
  }
  const { tenant, userId, sessionId } = await requireLogin(deps, request)
  const scopes = OWN_RIGHTS[`${request.method} ${request.routeOptions.url}`] ?? []
  return { kind: 'key', keyId: `session:${sessionId}`, tenant, userId, scopes }
}
