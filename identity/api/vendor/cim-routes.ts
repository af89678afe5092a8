import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { JsonObject } from '../../../config/json.ts'
import type { Deps } from '../../deps.ts'
import { type ContractName, contractSchema, type SchemaName } from '../../platform/contract/contracts.ts'
import { type ErrorForm, Fault } from '../../platform/fault.ts'
import { replacedMessages, type SentMessages, withoutText, withTexts } from '../../settings/cim/messages.ts'
import { apiEnabled, CIM, type CimState, type Texts } from '../../settings/cim/state.ts'
import { reloadStaticFiles } from '../../settings/cim/static-files.ts'
import { checked, withUnits } from '../../settings/cim/units.ts'
import { whitelistedUrls, withoutUrl, withUrl } from '../../settings/cim/whitelisted-urls.ts'
import { changeSettings, readSettings } from '../../settings/store.ts'
import { basicCredentials } from './basic.ts'
import { versionOneRoutes } from './cim-version-one.ts'
import { provenOrganization, type VendorContract, vendorApi } from './vendor-api.ts'

/** No error of this contract has a body. */
const errors: ErrorForm = ({ status }) => ({ status })

const CONTRACT: VendorContract = {
  api: 'cim',
  errors,
  checkAt: 'onRequest',
  refused: () => new Fault(401, 'Credentials not accepted.', { headers: { 'www-authenticate': 'Basic realm="cim"' } }),
  credentials: (request) => ({ ...basicCredentials(request) }),
}

const API_DISABLED = { v1: 500, v2: 409 } as const
const URLS = '/api/v2/config/features/action-token/whitelisted-urls'
const TEXTS = '/api/v2/config/custom-messages'

/** Units that are read and written under a path of their own. */
const UNITS = [
  { path: '/api/v2/attributes', unit: 'attributes', schema: 'AttributesConfiguration' },
  { path: '/api/v2/config/features', unit: 'features', schema: 'FeaturesConfiguration' },
  { path: '/api/v2/config/step-up', unit: 'step_up', schema: 'StepUpConfiguration' },
  { path: '/api/v2/config/ui-extension', unit: 'ui_extension', schema: 'UIExtensionConfiguration' },
] as const

const body = (name: SchemaName<'cim'>) => ({ schema: { body: contractSchema('cim' satisfies ContractName, name) } })

/** The operations of docs/contracts/onewelcome-cim.openapi.yaml. */
export async function cimRoutes(
  app: FastifyInstance,
  { deps }: { readonly deps: Pick<Deps, 'store' | 'masterKey'> },
): Promise<void> {
  await vendorApi(app, deps, CONTRACT, (scope) => {
    scope.addHook('preValidation', async (request) => {
      if (request.is404 || apiEnabled(await read(deps, request))) return
      const version = request.routeOptions.url?.includes('/api/v2/') ? 'v2' : 'v1'
      throw new Fault(API_DISABLED[version], 'The configuration API is switched off.')
    })
    for (const { path, unit, schema } of UNITS) unitRoutes(scope, deps, path, unit, schema)
    documentRoutes(scope, deps)
    messageRoutes(scope, deps)
    urlRoutes(scope, deps)
    versionOneRoutes(scope, {
      read: (request) => read(deps, request),
      reload: (request) => reloadStaticFiles(deps, provenOrganization(request)),
    })
  })
}

function unitRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'masterKey'>,
  path: string,
  unit: (typeof UNITS)[number]['unit'],
  schema: SchemaName<'cim'>,
): void {
  scope.get(path, async (request) => (await read(deps, request))[unit])
  scope.post(path, body(schema), async (request, reply) => {
    await write(deps, request, (state) => withUnits(state, { [unit]: request.body }, deps.masterKey))
    return reply.code(204).send()
  })
}

function documentRoutes(scope: FastifyInstance, deps: Pick<Deps, 'store' | 'masterKey'>): void {
  scope.get('/api/v2/config', async (request) => {
    const { secrets: _, password_policy: _policy, profile: _profile, ...units } = await read(deps, request)
    return units
  })
  scope.post<{ Body: JsonObject }>('/api/v2/config', body('ConfigurationUnitsUpdate'), async (request, reply) => {
    await write(deps, request, (state) => withUnits(state, request.body, deps.masterKey))
    return reply.code(204).send()
  })
  scope.get('/api/v2/config/login-methods', async (request) => (await read(deps, request)).login_methods)
}

interface InLocale {
  Params: { locale_variant: string; message_key?: string }
}

function messageRoutes(scope: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  scope.get(TEXTS, async (request) => (await read(deps, request)).custom_messages)
  scope.put<{ Body: SentMessages }>(TEXTS, body('CustomMessages'), async (request, reply) => {
    await write(deps, request, (state) => ({ ...state, custom_messages: replacedMessages(request.body) }))
    return reply.code(204).send()
  })
  const batch = body('LocaleCustomMessages')
  scope.put<InLocale & { Body: Texts }>(`${TEXTS}/:locale_variant/batch`, batch, async (request, reply) => {
    const { params, body: texts } = request
    await write(deps, request, (state) => ({
      ...state,
      custom_messages: withTexts(state.custom_messages, params.locale_variant, texts),
    }))
    return reply.code(204).send()
  })
  // A key may be named batch, whose path the batch operation takes for PUT.
  for (const key of [':message_key', 'batch'])
    scope.delete<InLocale>(`${TEXTS}/:locale_variant/${key}`, async (request, reply) => {
      const { locale_variant, message_key = 'batch' } = request.params
      await write(deps, request, (state) => ({
        ...state,
        custom_messages: withoutText(state.custom_messages, locale_variant, message_key),
      }))
      return reply.code(204).send()
    })
}

function urlRoutes(scope: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  scope.get(URLS, async (request) => ({ whitelisted_urls: whitelistedUrls((await read(deps, request)).features) }))
  scope.post<{ Body: { url?: string } }>(URLS, body('WhitelistedUrl'), async (request, reply) => {
    await write(deps, request, (state) => ({ ...state, features: withUrl(state.features, request.body.url) }))
    return reply.code(201).send()
  })
  scope.delete<{ Params: { id: string } }>(`${URLS}/:id`, async (request, reply) => {
    await write(deps, request, (state) => ({ ...state, features: withoutUrl(state.features, request.params.id) }))
    return reply.code(204).send()
  })
}

const read = (deps: Pick<Deps, 'store'>, request: FastifyRequest): Promise<CimState> =>
  readSettings(deps, provenOrganization(request), CIM)

const write = (
  deps: Pick<Deps, 'store'>,
  request: FastifyRequest,
  change: (state: CimState) => CimState,
): Promise<CimState> => changeSettings(deps, provenOrganization(request), CIM, (state) => checked(change(state)))
