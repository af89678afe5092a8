import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isRecord } from '../../../config/json.ts'
import type { Deps } from '../../deps.ts'
import { contractSchema } from '../../platform/contract/contracts.ts'
import { type ErrorForm, Fault } from '../../platform/fault.ts'
import { acceptForm } from '../../platform/http/body.ts'
import { type MfaSettings, mfaOf, NAVIXY, type UpdateTarget, withMfa } from '../../settings/navixy/settings.ts'
import { changeSettings, readSettings } from '../../settings/store.ts'
import { header, provenOrganization, type VendorContract, vendorApi } from './vendor-api.ts'

const SUCCESS = { success: true } as const
const WRONG_HASH = 3
const MALFORMED = 5
const INVALID = 7

/** HTTP status of ours → the contract's status and code. A status that is not here keeps its number, as code 5. */
const STATUS: Readonly<Record<number, readonly [status: number, code: number]>> = {
  403: [403, 13],
  413: [412, 9],
  429: [429, 15],
  500: [500, 6],
  503: [503, 14],
}

const errors: ErrorForm = (fault) => {
  const [status, code] = STATUS[fault.status] ?? [fault.status, fault.issues.length > 0 ? INVALID : MALFORMED]
  const problems = fault.issues.map(({ pointer, message }) => ({ parameter: pointer.slice(1), error: message }))
  return {
    status,
    body: {
      success: false,
      status: { code: fault.code ?? code, description: fault.message },
      ...(problems.length > 0 ? { errors: problems } : {}),
    },
  }
}

const CONTRACT: VendorContract = {
  api: 'navixy',
  errors,
  checkAt: 'preValidation',
  refused: () => new Fault(400, 'Wrong user hash', { code: WRONG_HASH }),
  credentials: (request) => ({ hash: presentedHash(request) }),
}

/** The first place that holds a hash: header, query, body. */
function presentedHash(request: FastifyRequest): string | undefined {
  const authorization = header(request, 'authorization')
  if (authorization !== undefined) return /^NVX (\S+)$/.exec(authorization)?.[1]
  const holders = [request.query, request.body].filter(isRecord)
  return holders.map(({ hash }) => hash).find((hash) => typeof hash === 'string')
}

const OBJECTS: ReadonlySet<string> = new Set(['target', 'settings'])

/** Parameters come in a JSON body, a form or the query; in the last two an object is written as JSON. */
function parametersOf({ query, body }: FastifyRequest): unknown {
  if (body !== undefined && !isRecord(body)) return body
  const pairs = Object.entries({ ...(query as object), ...body })
  return Object.fromEntries(pairs.map(([name, value]) => [name, OBJECTS.has(name) ? objectOf(value) : value]))
}

/** What is no JSON stays text, which the check of the body then refuses. */
function objectOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

interface UserUpdate {
  Body: { readonly target: UpdateTarget; readonly settings: MfaSettings }
}
interface DefaultUpdate {
  Body: { readonly settings: MfaSettings }
}

/** The three actions of docs/contracts/navixy.openapi.yaml. */
export async function navixyRoutes(
  app: FastifyInstance,
  { deps }: { readonly deps: Pick<Deps, 'store' | 'masterKey'> },
): Promise<void> {
  await vendorApi(app, deps, CONTRACT, (scope) => {
    acceptForm(scope)
    scope.addHook('preValidation', async (request) => {
      request.body = parametersOf(request)
    })
    const userUpdate = { schema: { body: contractSchema('navixy', 'UpdateUserMfaSettingsRequest') } }
    scope.post<UserUpdate>('/panel/user/mfa/settings/update', userUpdate, async (request) => {
      const { target, settings } = request.body
      await changeSettings(deps, provenOrganization(request), NAVIXY, (old) => withMfa(old, target, mfaOf(settings)))
      return SUCCESS
    })

    scope.post('/panel/user/mfa/settings/default/read', async (request) => {
      const { default: value } = await readSettings(deps, provenOrganization(request), NAVIXY)
      return { ...SUCCESS, value: value ?? null }
    })

    const defaultUpdate = { schema: { body: contractSchema('navixy', 'UpdateDefaultMfaSettingsRequest') } }
    scope.post<DefaultUpdate>('/panel/user/mfa/settings/default/update', defaultUpdate, async (request) => {
      const value = mfaOf(request.body.settings)
      await changeSettings(deps, provenOrganization(request), NAVIXY, (old) => ({ ...old, default: value }))
      return SUCCESS
    })
  })
}
