import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { type KeyMaterial, keysOf, putKey, removeKeystoreEntry } from '../../directory/keystore.ts'
import { requireOrganization } from '../../directory/organizations.ts'
import { tenantsOf } from '../../directory/tenant-organizations.ts'
import { clientKeySet } from '../../federation/keys.ts'
import {
  type FederatedLogin,
  frontChannelAddress,
  loggedOutAddress,
  loginsOf,
  metadataAddress,
  returnAddress,
} from '../../federation/methods.ts'
import { isSaml } from '../../federation/saml/facts.ts'
import { contractSchema } from '../../platform/contract/contracts.ts'
import { Fault } from '../../platform/fault.ts'
import { plainErrors, type RouteModule } from '../../platform/http/app.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { publicUrlOf } from '../../platform/http/public-url.ts'
import { withSecret } from '../../settings/cim/login-methods.ts'
import { CIM } from '../../settings/cim/state.ts'
import { changeSettings } from '../../settings/store.ts'

interface Of {
  Params: { organization_id: string }
}
interface One {
  Params: { organization_id: string; method_id: string }
}

interface Key {
  Params: { organization_id: string; name: string }
}

const SECRET = 'client_secret'

/** What has to be registered at other providers, and the client secrets that the CIM contract has no field for. */
export function loginMethodRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>): void {
  app.get<Of>('/:organization_id/login-methods', async ({ params }) => {
    const organization = await requireOrganization(deps, params.organization_id)
    const logins = await loginsOf(deps, organization)
    const tenants = await tenantsOf(deps.store, organization.organization_id)
    return { login_methods: logins.map((login) => view(deps, login, tenants)) }
  })

  const path = '/:organization_id/login-methods/:method_id/client-secret'
  const schema = { body: contractSchema('organizations', 'ClientSecret') }
  app.put<One & { Body: { client_secret: string } }>(path, { schema }, async ({ params, body }, reply) => {
    await setSecret(deps, params, body.client_secret)
    return reply.code(204).send()
  })

  app.delete<One>(path, async ({ params }, reply) => {
    await setSecret(deps, params, undefined)
    return reply.code(204).send()
  })
}

/** The keystore of an organization, whose entries settings name. */
export function keystoreRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'masterKey' | 'now'>): void {
  app.get<Of>('/:organization_id/keys', async ({ params }) => {
    const { organization_id } = await requireOrganization(deps, params.organization_id)
    return { keys: await keysOf(deps, organization_id) }
  })

  const path = '/:organization_id/keys/:name'
  const schema = { body: contractSchema('organizations', 'KeyMaterial') }
  app.put<Key & { Body: KeyMaterial }>(path, { schema }, async ({ params, body }, reply) => {
    const { organization_id } = await requireOrganization(deps, params.organization_id)
    await putKey(deps, organization_id, params.name, body)
    return reply.code(204).send()
  })

  app.delete<Key>(path, async ({ params }, reply) => {
    const { organization_id } = await requireOrganization(deps, params.organization_id)
    if (!(await removeKeystoreEntry(deps, organization_id, params.name)))
      throw new Fault(404, `There is no key '${params.name}'.`)
    return reply.code(204).send()
  })
}

async function setSecret(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  { organization_id, method_id }: One['Params'],
  value: string | undefined,
) {
  const organization = await requireOrganization(deps, organization_id)
  await changeSettings(deps, organization, CIM, (old) => withSecret(old, method_id, SECRET, value, deps.masterKey))
}

/** Schema LoginMethod of docs/contracts/organizations.openapi.yaml. */
const view = (deps: Pick<Deps, 'publicUrl'>, login: FederatedLogin, tenants: readonly string[]) => {
  const { id, organization, name, spec, secret } = login
  const redirect_uris = tenants.map((tenant) => returnAddress(publicUrlOf(deps), tenant, id))
  return {
    id,
    type: spec.type,
    name,
    enabled: spec.enabled === true,
    client_secret_set: secret(SECRET) !== undefined,
    redirect_uris,
    post_logout_redirect_uris: redirect_uris.map(loggedOutAddress),
    front_channel_logout_uris: isSaml(login) ? [] : redirect_uris.map(frontChannelAddress),
    metadata_uris: isSaml(login) ? redirect_uris.map(metadataAddress) : [],
    jwks_uri: `${publicUrlOf(deps)}/v1/organizations/${organization}/jwks`,
  }
}

/** The keys with which an organization proves itself to other providers, for these to read. */
export const organizationKeys: RouteModule = (app, { deps }) =>
  contractScope(app, '/v1/organizations/:organization_id/jwks', plainErrors, (scope) => {
    scope.get<Of>('', async ({ params }, reply) => {
      const { organization_id } = await requireOrganization(deps, params.organization_id)
      return reply.header('cache-control', 'public, max-age=60').send(await clientKeySet(deps, organization_id))
    })
  })
