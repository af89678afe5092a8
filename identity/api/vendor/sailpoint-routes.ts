import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { contractSchema, schemaNamed } from '../../platform/contract/contracts.ts'
import { type ErrorForm, Fault } from '../../platform/fault.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { mergeBySchema } from '../../settings/merge.ts'
import { DEFAULTS, type PasswordOrgConfig, SAILPOINT } from '../../settings/sailpoint/settings.ts'
import { MANAGE_SCOPE, READ_SCOPE, scopesOfToken, WRITE_SCOPE } from '../../settings/sailpoint/token.ts'
import { changeSettings, readSettings } from '../../settings/store.ts'
import { tokenEndpoint } from './sailpoint-token-endpoint.ts'
import { actFor, addressedOrganization, header, provenOrganization } from './vendor-api.ts'

const CONFIG = schemaNamed('sailpoint', 'PasswordOrgConfig')
const SCHEMA = { body: contractSchema('sailpoint', 'PasswordOrgConfig') }

/** Fine-grained code of the publisher per status. */
const DETAIL: Readonly<Record<number, string>> = {
  400: '400.1 Bad Request Content',
  403: '403 Forbidden',
  500: '500.0 Internal Fault',
}

const errors: ErrorForm = ({ status, message, issues }) => {
  if (status === 401) return { status, body: { error: message } }
  if (status === 429) return { status, body: { message } }
  const texts = issues.length > 0 ? issues.map((i) => `${i.pointer || 'The body'} ${i.message}`) : [message]
  return {
    status,
    body: {
      detailCode: DETAIL[status] ?? String(status),
      trackingId: randomBytes(16).toString('hex'),
      messages: texts.map((text) => ({ locale: 'en-US', localeOrigin: 'DEFAULT', text })),
      causes: [],
    },
  }
}

/** Scopes of which one is enough (notes, "Access"). */
const SCOPES_FOR: Readonly<Record<string, readonly string[]>> = {
  GET: [READ_SCOPE, MANAGE_SCOPE],
  HEAD: [READ_SCOPE, MANAGE_SCOPE],
  POST: [WRITE_SCOPE, MANAGE_SCOPE],
  PUT: [WRITE_SCOPE, MANAGE_SCOPE],
}

/** Where the publisher's SDKs look for the operations: they name the version before, or since 2026 behind. */
const PATHS = [
  ...['', '/beta', '/v3', '/v2024', '/v2025', '/v2026'].map((version) => `${version}/password-org-config`),
  '/password-org-config/v1',
]

/** The three operations of docs/contracts/sailpoint.openapi.yaml in every version, and the token endpoint. */
export async function sailpointRoutes(
  app: FastifyInstance,
  { deps }: { readonly deps: Pick<Deps, 'store' | 'now' | 'masterKey'> },
): Promise<void> {
  await tokenEndpoint(app, deps)
  await contractScope(app, '/orgs/:organization/sailpoint', errors, (scope) => {
    scope.addHook('onRequest', (request) => authorize(deps, request))
    for (const path of PATHS) configRoutes(scope, deps, path)
  })
}

function configRoutes(scope: FastifyInstance, deps: Pick<Deps, 'store'>, path: string): void {
  scope.get(path, (request) => readSettings(deps, provenOrganization(request), SAILPOINT))
  scope.post(path, { schema: SCHEMA }, (request) =>
    changeSettings(deps, provenOrganization(request), SAILPOINT, () => overlay(DEFAULTS, request.body)),
  )
  scope.put(path, { schema: SCHEMA }, (request) =>
    changeSettings(deps, provenOrganization(request), SAILPOINT, (old) => overlay(old, request.body)),
  )
}

const overlay = (old: PasswordOrgConfig, sent: unknown): PasswordOrgConfig =>
  mergeBySchema('sailpoint', CONFIG, old, sent) as PasswordOrgConfig

async function authorize(deps: Pick<Deps, 'store' | 'now' | 'masterKey'>, request: FastifyRequest): Promise<void> {
  const organization = await addressedOrganization(deps, request)
  const token = /^bearer (\S+)$/i.exec(header(request, 'authorization') ?? '')?.[1]
  if (!organization || token === undefined) throw new Fault(401, 'JWT validation failed: no usable bearer token')
  const scopes = await scopesOfToken(deps, organization, token).catch((cause: unknown) => {
    throw new Fault(401, 'JWT validation failed: it is expired or not from here', { cause })
  })
  const enough = SCOPES_FOR[request.method] ?? []
  if (!request.is404 && !enough.some((scope) => scopes.includes(scope))) throw new Fault(403, 'Access denied.')
  actFor(request, organization)
}
