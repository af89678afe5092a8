import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { JsonObject } from '../../config/json.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { valueAt } from '../../config/references.ts'
import { addressOf, formatDiagnostic, type Resource } from '../../config/resource.ts'
import { toWire, type Wire } from '../../config/wire.ts'
import { example } from './project.ts'

type Body = 'request' | 'answer'

interface Row {
  readonly project: 'whole' | 'partial'
  /** `Kind/name` of the document. */
  readonly document: string
  /** Contract, operation, which body, and a pointer into it. */
  readonly sample: readonly [contract: string, operation: string, body: Body, at?: string]
  /** Part of our payload that the sample shows (default: all of it). */
  readonly part?: string
  /** Fields of the sample that the document leaves to the server, or to another document. */
  readonly served?: readonly string[]
  /** Fields of our payload that travel elsewhere in the request. */
  readonly apart?: readonly string[]
}

const CIM = 'onewelcome-cim'
const UNITS = [CIM, 'updateConfigurationUnits', 'request'] as const
const whole = (document: string, sample: Row['sample'], more: Partial<Row> = {}): Row => ({
  project: 'whole',
  document,
  sample,
  ...more,
})
const partial = (document: string, sample: Row['sample'], more: Partial<Row> = {}): Row => ({
  ...whole(document, sample, more),
  project: 'partial',
})

const ROWS: readonly Row[] = [
  whole('SecurityConfiguration/acme-security', ['pigello', 'createSecurityConfiguration', 'request']),
  partial('SecurityConfiguration/acme-security', ['pigello', 'updateSecurityConfiguration', 'request']),
  whole('PasswordOrgConfig/reset-codes', ['sailpoint', 'createPasswordOrgConfig', 'request']),
  partial('PasswordOrgConfig/reset-codes', ['sailpoint', 'putPasswordOrgConfig', 'request']),
  whole('MfaDefault/new-users', ['navixy', 'updateDefaultMfaSettings', 'request', '/settings']),
  whole('MfaAssignment/everybody', ['navixy', 'updateUserMfaSettings', 'request', '/settings'], { apart: ['all'] }),
  whole('CimFeatures/features', [CIM, 'getFeatures', 'answer'], { served: ['/action_token/whitelisted_urls'] }),
  partial('CimFeatures/features', [CIM, 'updateFeatures', 'request']),
  whole('CimActionTokenUrl/app', [CIM, 'addWhitelistedUrl', 'request']),
  whole('CimAttributes/attributes', [CIM, 'updateAttributes', 'request'], { apart: ['profile'] }),
  whole('CimAttributes/attributes', [CIM, 'getConfigurationV1', 'answer', '/profile'], { part: '/profile' }),
  whole('CimPasswordPolicy/passwords', [CIM, 'getConfigurationV1', 'answer', '/password_policy']),
  whole('CimStepUp/step-up', [...UNITS, '/step_up']),
  whole('CimStepUp/step-up', [CIM, 'updateStepUp', 'request']),
  whole('CimUiExtension/pages', [...UNITS, '/ui_extension']),
  whole('CimUiExtension/pages', [CIM, 'updateUiExtension', 'request']),
  whole('CimLoginMethod/password', [...UNITS, '/login_methods/login_methods/0'], { served: ['/id', '/removable'] }),
  whole('CimLoginMethod/staff', [...UNITS, '/login_methods/login_methods/1'], {
    served: ['/id', '/removable', '/attribute_mappings/0/id'],
  }),
  whole('CimMobileLogin/mobile', [...UNITS, '/login_methods/mobile_login']),
  whole('CimCustomMessages/texts-default', [CIM, 'replaceCustomMessages', 'request', '/default'], {
    part: '/messages',
  }),
  whole('CimCustomMessages/texts-nl', [CIM, 'replaceCustomMessages', 'request', '/locales/nl'], { part: '/messages' }),
  partial('CimCustomMessages/texts-nl', [CIM, 'upsertLocaleMessages', 'request'], { part: '/messages' }),
  whole('CimIdentityProvider/facebook', [CIM, 'listIdentityProviders', 'answer', '/result/0']),
]

/** Samples that hold nothing a document could say. */
const EMPTY: ReadonlySet<string> = new Set(['navixy readDefaultMfaSettings'])

const projects = { whole: example('contract-samples/whole'), partial: example('contract-samples/partial') }

describe('the samples of the contracts', () => {
  it.each(['whole', 'partial'] as const)('are valid documents (%s)', (name) => {
    expect(projects[name].diagnostics.map(formatDiagnostic)).toEqual([])
  })

  it.each(ROWS)('$document is the sample of $sample ($project)', (row) => {
    expect(payloadOf(row)).toEqual(sampleOf(row))
  })

  it('are all there', () => {
    const shown = new Set(ROWS.map(({ sample: [contract, operation] }) => `${contract} ${operation}`))
    const requests = ['pigello', 'sailpoint', 'navixy', CIM].flatMap(operationsWithSamples)
    expect(requests.filter((name) => !shown.has(name) && !EMPTY.has(name))).toEqual([])
  })
})

function payloadOf({ project, document, part, apart = [] }: Row): unknown {
  const found = projects[project].resources.find((r) => addressOf(r) === document)
  const wire = withoutMembers(wireOf(found), apart)
  return part === undefined ? wire : valueAt(wire, part)
}

function wireOf(resource: Resource | undefined): Wire {
  const kind = resource && kindOf(resource.kind)
  if (resource === undefined || kind === undefined) throw new Error('there is no such document')
  return toWire(kind.spec, resource.spec)
}

const withoutMembers = (wire: Wire, names: readonly string[]): Wire =>
  Object.fromEntries(Object.entries(wire).filter(([name]) => !names.includes(name)))

function sampleOf({ sample: [contract, operation, body, at = ''], served = [] }: Row): unknown {
  const sample = structuredClone(valueAt(exampleIn(operationsOf(contract).get(operation), body), at))
  for (const pointer of served) remove(sample, pointer)
  return sample
}

function remove(root: unknown, pointer: string): void {
  const cut = pointer.lastIndexOf('/')
  delete (valueAt(root, pointer.slice(0, cut)) as Record<string, unknown>)[pointer.slice(cut + 1)]
}

function operationsOf(contract: string): ReadonlyMap<string, JsonObject> {
  const text = readFileSync(new URL(`../../docs/contracts/${contract}.openapi.yaml`, import.meta.url), 'utf8')
  const { paths } = parse(text) as { paths: Record<string, Record<string, JsonObject>> }
  const all = Object.values(paths).flatMap((path) => Object.values(path))
  return new Map(all.map((operation) => [String(operation.operationId), operation]))
}

const PLACE: Readonly<Record<Body, string>> = {
  request: '/requestBody/content/application~1json/example',
  answer: '/responses/200/content/application~1json/example',
}

const exampleIn = (operation: JsonObject | undefined, body: Body): unknown => valueAt(operation, PLACE[body])

const operationsWithSamples = (contract: string): readonly string[] =>
  [...operationsOf(contract)]
    .filter(([, operation]) => exampleIn(operation, 'request') !== undefined)
    .map(([id]) => `${contract} ${id}`)
