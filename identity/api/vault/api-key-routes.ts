import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { callerId, confine, demandScopes, principalOf } from '../../access/rights.ts'
import { hmacUnder } from '../../crypto/derived-keys.ts'
import type { Deps } from '../../deps.ts'
import { API_KEY_SCOPES, API_KEYS, type ApiKey, actionOf, mintKey, newKeyId } from '../../directory/api-keys.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { USERS } from '../../directory/users.ts'
import { collect, everyOne } from '../../platform/contract/paging.ts'
import { bodySchema } from '../../platform/contract/vault-contract.ts'
import { GLOBAL, type Query } from '../../store/store.ts'

interface KeyInput {
  readonly name: string
  readonly scopes: readonly string[]
  readonly tenant_id: string
}
interface KeyPath {
  readonly key_id: string
}
type Where = NonNullable<Query<ApiKey>['where']>

/** Which keys of the own tenant the caller may touch. The two groups of operations differ in nothing but this and the listing. */
type Reach = (caller: string, key: ApiKey) => boolean

const any: Reach = () => true
const own: Reach = (caller, key) => caller === key.user_id

const FINGERPRINT_LETTERS = 16
const READ = { right: 'keys:read' } as const
const WRITE = { right: 'keys:write' } as const
const TENANT_QUERY = {
  type: 'object',
  required: ['tenant_id'],
  properties: { tenant_id: { type: 'string', minLength: 1, maxLength: 128 } },
}

/** createTenantApiKey, listTenantApiKeys, regenerateTenantApiKey, createMyApiKey, listMyApiKeys, regenerateMyApiKey, and both deletes. */
export function apiKeyRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'now' | 'masterKey'>): void {
  keyRoutes(app, deps, '/api-keys', any)
  keyRoutes(app, deps, '/users/me/keys', own)

  const list = { config: READ, schema: { querystring: TENANT_QUERY } }
  app.get<{ Querystring: { tenant_id: string } }>('/api-keys', list, async (request) => {
    confine(principalOf(request), request.query.tenant_id)
    await requireTenant(deps, request.query.tenant_id)
    return listing(deps, { tenant_id: request.query.tenant_id })
  })

  app.get('/users/me/keys', { config: READ }, (request) => {
    const principal = principalOf(request)
    const tenant = principal.kind === 'key' ? { tenant_id: principal.tenant } : {}
    return listing(deps, { ...tenant, user_id: callerId(request) })
  })
}

function keyRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  path: string,
  reach: Reach,
): void {
  const create = { config: WRITE, schema: { body: keySchema() } }
  app.post<{ Body: KeyInput }>(path, create, async (request, reply) => {
    const principal = principalOf(request)
    confine(principal, request.body.tenant_id)
    demandScopes(principal, request.body.scopes)
    await requireTenant(deps, request.body.tenant_id)
    return reply.code(201).send(await createKey(deps, request))
  })

  app.post<{ Params: KeyPath }>(`${path}/:key_id/regenerate`, { config: WRITE }, async (request) => {
    const key = await requireKey(deps, request, reach)
    demandScopes(principalOf(request), key.scopes)
    const { text, hash } = mintKey(key.key_id)
    const stored = await deps.store.update(API_KEYS, GLOBAL, key.key_id, (old) => ({ ...old, secret_hash: hash }))
    return { ...shownKey(deps, stored), api_key: text }
  })

  app.delete<{ Params: KeyPath }>(`${path}/:key_id`, { config: WRITE }, async (request, reply) => {
    const key = await requireKey(deps, request, reach)
    await deps.store.delete(API_KEYS, GLOBAL, key.key_id)
    return reply.code(204).send()
  })
}

function keySchema() {
  const schema = bodySchema('CreateApiKeyRequest')
  const properties = schema.properties as Readonly<Record<string, object>>
  return { ...schema, properties: { ...properties, scopes: { ...properties.scopes, items: { enum: API_KEY_SCOPES } } } }
}

async function createKey(deps: Pick<Deps, 'store' | 'now' | 'masterKey'>, request: FastifyRequest<{ Body: KeyInput }>) {
  const { name, scopes, tenant_id } = request.body
  const key_id = newKeyId()
  const { text, hash } = mintKey(key_id)
  const key: ApiKey = {
    key_id,
    tenant_id,
    name,
    scopes,
    user_id: callerId(request),
    is_active: true,
    secret_hash: hash,
    created_at: actionOf(request, deps.now()),
    last_use_at: null,
  }
  await deps.store.create(API_KEYS, GLOBAL, key)
  return { ...shownKey(deps, key), api_key: text }
}

/** Throws NOT_FOUND, FORBIDDEN for a key of another tenant. */
async function requireKey(
  deps: Pick<Deps, 'store'>,
  request: FastifyRequest<{ Params: KeyPath }>,
  reach: Reach,
): Promise<ApiKey> {
  const key = await deps.store.get(API_KEYS, GLOBAL, request.params.key_id)
  if (key) confine(principalOf(request), key.tenant_id)
  if (!key || !reach(callerId(request), key)) throw new PlumblineError('NOT_FOUND', 'there is no such API key')
  return key
}

async function listing(deps: Pick<Deps, 'store' | 'masterKey'>, where: Where) {
  const keys = await collect(everyOne(deps.store, API_KEYS, GLOBAL, where))
  const named = keys.map(async (key) => ({ ...shownKey(deps, key), username: await usernameOf(deps, key) }))
  return { api_keys: await Promise.all(named) }
}

async function usernameOf({ store }: Pick<Deps, 'store'>, key: ApiKey): Promise<string> {
  if (key.user_id === '') return ''
  return (await store.get(USERS, key.tenant_id, key.user_id))?.username ?? ''
}

/** Contract schema ApiKeyListItem without the name of the user. The fingerprint tells keys apart and says nothing about them (notes 5.8). */
function shownKey({ masterKey }: Pick<Deps, 'masterKey'>, key: ApiKey) {
  const { secret_hash: _, ...shown } = key
  const fingerprint = hmacUnder(masterKey, 'key fingerprint').update(key.secret_hash).digest('hex')
  return { ...shown, key_hash: fingerprint.slice(0, FINGERPRINT_LETTERS) }
}
