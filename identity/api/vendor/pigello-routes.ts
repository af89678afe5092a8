import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { type Organization, scopeOf } from '../../directory/organizations.ts'
import { contractSchema, schemaNamed } from '../../platform/contract/contracts.ts'
import { type ErrorForm, Fault } from '../../platform/fault.ts'
import { mergeBySchema } from '../../settings/merge.ts'
import {
  CONFIGURATIONS,
  type ConfigurationInput,
  SETTLED,
  type SecurityConfiguration,
} from '../../settings/pigello/configurations.ts'
import { header, provenOrganization, type VendorContract, vendorApi } from './vendor-api.ts'

interface ByKey {
  Params: { pk: string }
}

const INPUT = schemaNamed('pigello', 'SecurityConfigurationInput')
const SCHEMA = { body: contractSchema('pigello', 'SecurityConfigurationInput') }
const COLLECTION = '/configurations/securityconfiguration/'
const ITEM = `${COLLECTION}:pk/`

/** Schema ValidationError (messages per field) for 400, Problem for everything else. */
const errors: ErrorForm = ({ status, message, issues }) => {
  if (status !== 400) return { status, body: { detail: message } }
  const messages = issues.map((i) => [i.pointer.split('/')[1] ?? 'non_field_errors', [i.message]] as const)
  return { status, body: messages.length > 0 ? Object.fromEntries(messages) : { non_field_errors: [message] } }
}

const CONTRACT: VendorContract = {
  api: 'pigello',
  errors,
  checkAt: 'onRequest',
  refused: () => new Fault(401, 'Credentials not accepted.'),
  credentials: (request) => ({
    customer_id: header(request, 'x-pigello-customer-id'),
    application_id: header(request, 'x-pigello-application-id'),
    service_id: header(request, 'x-pigello-service-id'),
    service_version_id: header(request, 'x-pigello-service-version-id'),
    client_ct: header(request, 'x-pigello-client-ct'),
    client_entity: header(request, 'x-pigello-client-entity'),
    client_secret: header(request, 'x-pigello-client-secret'),
  }),
}

/** createSecurityConfiguration, getSecurityConfiguration, updateSecurityConfiguration of docs/contracts/pigello.openapi.yaml. */
export async function pigelloRoutes(
  app: FastifyInstance,
  { deps }: { readonly deps: Pick<Deps, 'store' | 'now' | 'masterKey'> },
): Promise<void> {
  await vendorApi(app, deps, CONTRACT, (scope) => {
    scope.post<{ Body: ConfigurationInput }>(COLLECTION, { schema: SCHEMA }, async (request, reply) => {
      const organization = provenOrganization(request)
      const id = { id: randomUUID(), created_at: deps.now().toISOString() }
      const configuration = merged({ ...SETTLED, ...id }, request.body, organization)
      await orConflict(deps.store.create(CONFIGURATIONS, scopeOf(organization.organization_id), configuration))
      return reply.code(201).send(configuration)
    })

    scope.get<ByKey>(ITEM, async (request) => {
      const place = scopeOf(provenOrganization(request).organization_id)
      const found = await deps.store.get(CONFIGURATIONS, place, request.params.pk)
      if (!found) throw new Fault(404, 'Not found.')
      return found
    })

    scope.patch<ByKey & { Body: ConfigurationInput }>(ITEM, { schema: SCHEMA }, (request) => {
      const organization = provenOrganization(request)
      const place = scopeOf(organization.organization_id)
      const change = (old: SecurityConfiguration) => merged(old, request.body, organization)
      return orConflict(deps.store.update(CONFIGURATIONS, place, request.params.pk, change))
    })
  })
}

/** A sent null empties the field; a sent organization has to be this one. Throws Fault 400. */
function merged(old: SecurityConfiguration, sent: ConfigurationInput, own: Organization): SecurityConfiguration {
  const fields = mergeBySchema('pigello', INPUT, {}, sent) as ConfigurationInput
  const organization = fields.organization?.id?.toLowerCase()
  if (fields.organization && organization !== own.id) {
    const message = `Names no organization of this account; its organization has the id ${own.id}.`
    throw new Fault(400, message, { issues: [{ part: 'body', pointer: '/organization', message }] })
  }
  return { ...old, ...fields, ...(organization === undefined ? {} : { organization: { id: organization } }) }
}

async function orConflict<T>(write: Promise<T>): Promise<T> {
  try {
    return await write
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error
    if (error.code === 'NOT_FOUND') throw new Fault(404, 'Not found.', { cause: error })
    if (error.code !== 'CONFLICT') throw error
    throw new Fault(409, 'This organization has a security configuration already.', { cause: error })
  }
}
