import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isRecord } from '../../../config/json.ts'
import type { Deps } from '../../deps.ts'
import { accessGranted } from '../../directory/organization-access.ts'
import { type ErrorForm, Fault } from '../../platform/fault.ts'
import { acceptForm, acceptMultipart } from '../../platform/http/body.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { issueToken, SAILPOINT_SCOPES, TOKEN_SECONDS } from '../../settings/sailpoint/token.ts'
import { basicCredentials } from './basic.ts'
import { addressedOrganization } from './vendor-api.ts'

/** RFC 6749, section 5.2. */
const errors: ErrorForm = ({ status, code, message }) => ({
  status,
  body: { error: code ?? (status < 500 ? 'invalid_request' : 'server_error'), error_description: message },
})

/** The client-credentials grant (RFC 6749, section 4.4) at `/orgs/{organization}/sailpoint/oauth/token`. */
export async function tokenEndpoint(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
): Promise<void> {
  await contractScope(app, '/orgs/:organization/sailpoint/oauth', errors, (scope) => {
    acceptForm(scope)
    acceptMultipart(scope)
    scope.post('/token', async (request) => {
      const form = parameters(request)
      if (form.grant_type !== 'client_credentials')
        throw new Fault(400, 'Only client_credentials is offered.', { code: 'unsupported_grant_type' })
      const organization = await addressedOrganization(deps, request)
      const client = clientOf(request, form)
      if (!accessGranted(deps.masterKey, organization?.access, 'sailpoint', client) || !organization)
        throw unknownClient()
      const scopes = requestedScopes(form.scope)
      const access_token = await issueToken(deps, organization, scopes)
      return { access_token, token_type: 'bearer', expires_in: TOKEN_SECONDS, scope: scopes.join(' ') }
    })
  })
}

/** Parameters come in a form body, which the publisher's SDKs send as multipart, or in the query as the samples do. */
function parameters(request: FastifyRequest): Readonly<Record<string, string>> {
  const all = { ...(request.query as object), ...(isRecord(request.body) ? request.body : {}) }
  return Object.fromEntries(Object.entries(all).filter((e): e is [string, string] => typeof e[1] === 'string'))
}

function clientOf(request: FastifyRequest, form: Readonly<Record<string, string>>) {
  const basic = basicCredentials(request)
  if (basic) return { client_id: formDecoded(basic.username), client_secret: formDecoded(basic.password) }
  return { client_id: form.client_id, client_secret: form.client_secret }
}

/** Client credentials are form-encoded inside basic authentication (RFC 6749, section 2.3.1). */
const formDecoded = (text: string): string => new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? ''

function requestedScopes(scope: string | undefined): readonly string[] {
  const asked = scope?.split(' ').filter((s) => s !== '') ?? SAILPOINT_SCOPES
  const unknown = asked.find((s) => !SAILPOINT_SCOPES.includes(s))
  if (unknown !== undefined || asked.length === 0)
    throw new Fault(400, `The scopes are ${SAILPOINT_SCOPES.join(', ')}.`, { code: 'invalid_scope' })
  return [...new Set(asked)]
}

const unknownClient = () =>
  new Fault(401, 'The client is not known or its secret is wrong.', {
    code: 'invalid_client',
    headers: { 'www-authenticate': 'Basic realm="sailpoint"' },
  })
