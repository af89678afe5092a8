import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Kind, SystemName } from '../../config/kind.ts'
import { kindOf } from '../../config/kinds/index.ts'
import type { Spec } from '../../config/resource.ts'
import type { Adapter, Observed, Target } from '../../reconciler/adapter.ts'
import { diffSpec } from '../../reconciler/diff.ts'
import { adapterFaults, type Expectation, type FaultCase, type FaultName } from '../conformance/adapter-faults.ts'
import { type FaultProxy, type SeenRequest, startFaultProxy } from '../support/faults.ts'
import { openWorld, pathOf, type World } from './world.ts'

type Table = Readonly<Record<FaultName, Expectation>>

const LOST = { code: 'UNAVAILABLE', retry: 'backoff' } as const
const UNKNOWN = { code: 'OUTCOME_UNKNOWN', retry: 'never' } as const
const UNEXPECTED = { code: 'UNEXPECTED_RESPONSE', retry: 'never' } as const
const STOPPING = { retry: 'never', stops: 'connection' } as const
const DISABLED = { code: 'API_DISABLED', ...STOPPING } as const

/** Where the notes of a contract say nothing else. */
const COMMON: Table = {
  401: { code: 'UNAUTHENTICATED', ...STOPPING },
  403: { code: 'FORBIDDEN', retry: 'never' },
  404: { code: 'NOT_FOUND', retry: 'never' },
  409: { code: 'CONFLICT', retry: 'never' },
  429: { code: 'RATE_LIMITED', retry: { afterSeconds: 7 } },
  500: LOST,
  redirect: UNEXPECTED,
  cut: LOST,
  cutAfterwards: LOST,
  timeout: LOST,
  notJson: UNEXPECTED,
  empty: UNEXPECTED,
  page404: { code: 'NOT_FOUND', retry: 'never' },
  wrongShape: UNEXPECTED,
}
const ONCE = {
  500: UNKNOWN,
  cut: UNKNOWN,
  cutAfterwards: UNKNOWN,
  timeout: UNKNOWN,
  notJson: UNKNOWN,
  empty: UNKNOWN,
  wrongShape: UNKNOWN,
}
const CIM: Table = {
  ...COMMON,
  404: { ...UNEXPECTED, stops: 'connection' },
  409: DISABLED,
  page404: { ...UNEXPECTED, stops: 'connection' },
}
const SAILPOINT: Table = { ...COMMON, 429: { code: 'RATE_LIMITED', retry: { afterSeconds: 7, attempts: 5 } } }
const PIGELLO: Table = { ...COMMON, 403: { code: 'FORBIDDEN', ...STOPPING } }
const NAVIXY: Table = { ...COMMON, 404: UNEXPECTED, page404: UNEXPECTED }
const CIM_V1: Table = { ...CIM, 500: { ...DISABLED, retry: { afterSeconds: 5, attempts: 1 } } }

interface Row {
  readonly kind: string
  readonly key?: string
  readonly id?: string
  readonly verb: 'observe' | 'create' | 'update'
  readonly spec?: Spec
  readonly matches: (request: SeenRequest) => boolean
  readonly expected: Table
}

const writes = ({ method }: SeenRequest): boolean => method !== 'GET'
const reads = ({ method }: SeenRequest): boolean => method === 'GET'
const at =
  (end: string) =>
  ({ url }: SeenRequest): boolean =>
    url.endsWith(end)
const notTokens = ({ url }: SeenRequest): boolean => !url.endsWith('/oauth/token')

/** The reaction table: a call of each system, and what every fault has to become. */
const ROWS: readonly Row[] = [
  {
    kind: 'Tenant',
    key: 'missing',
    verb: 'observe',
    matches: reads,
    expected: { ...COMMON, 404: 'absent', page404: UNEXPECTED },
  },
  {
    kind: 'Tenant',
    key: 'new',
    verb: 'create',
    spec: {},
    matches: writes,
    // createTenant answers without a declared type, so any JSON is a success.
    expected: { ...COMMON, 409: { code: 'ALREADY_EXISTS', retry: 'never' }, empty: 'done', wrongShape: 'done' },
  },
  {
    kind: 'Client',
    key: 'any',
    verb: 'observe',
    matches: reads,
    expected: { ...COMMON, 404: 'absent', page404: UNEXPECTED },
  },
  {
    kind: 'SecurityConfiguration',
    id: 'some',
    verb: 'observe',
    matches: reads,
    expected: { ...PIGELLO, 404: 'absent', page404: UNEXPECTED },
  },
  {
    kind: 'SecurityConfiguration',
    verb: 'create',
    spec: { customId: 'x' },
    matches: writes,
    expected: { ...PIGELLO, ...ONCE, redirect: UNEXPECTED },
  },
  {
    kind: 'PasswordOrgConfig',
    verb: 'observe',
    matches: notTokens,
    expected: { ...SAILPOINT, 404: 'absent', page404: UNEXPECTED },
  },
  {
    kind: 'PasswordOrgConfig',
    verb: 'update',
    spec: { customInstructions: true },
    matches: (r) => r.method === 'PUT',
    expected: { ...SAILPOINT, empty: 'done', wrongShape: 'done' },
  },
  { kind: 'MfaDefault', verb: 'observe', matches: at('/default/read'), expected: NAVIXY },
  {
    kind: 'MfaDefault',
    verb: 'create',
    spec: { type: 'Disallowed' },
    matches: at('/default/update'),
    expected: NAVIXY,
  },
  {
    kind: 'MfaAssignment',
    key: 'all',
    verb: 'create',
    spec: { type: 'Disallowed', allUsers: true },
    matches: writes,
    expected: NAVIXY,
  },
  { kind: 'CimStepUp', verb: 'observe', matches: reads, expected: CIM },
  {
    kind: 'CimStepUp',
    verb: 'create',
    spec: { levels: { pin: 1 } },
    matches: writes,
    expected: { ...CIM, empty: 'done', wrongShape: 'done' },
  },
  { kind: 'CimLoginMethod', key: 'Ldap/none', verb: 'observe', matches: reads, expected: CIM },
  { kind: 'CimCustomMessages', key: 'nl', verb: 'observe', matches: reads, expected: CIM },
  { kind: 'CimActionTokenUrl', key: 'https://a.example/', verb: 'observe', matches: reads, expected: CIM },
  { kind: 'CimPasswordPolicy', verb: 'observe', matches: reads, expected: CIM_V1 },
]
const titleOf = ({ kind, verb }: Row): string => `${kind} ${verb}`

let world: World
let proxy: FaultProxy
let cases: readonly FaultCase[]

beforeAll(async () => {
  world = await openWorld()
  proxy = await startFaultProxy(world.url)
  cases = await Promise.all(ROWS.map(async (row) => caseOf(row, await world.organization())))
})
afterAll(async () => {
  await proxy.close()
  await world.close()
})

function caseOf(row: Row, organization: string): FaultCase {
  const kind = kindOf(row.kind) as Kind
  const target: Target = {
    kind,
    address: `${row.kind}/sample`,
    key: row.key ?? '',
    tenant: 'missing',
    ...(row.id === undefined ? {} : { id: row.id }),
  }
  const call = (signal: AbortSignal): Promise<unknown> => {
    const system = kind.system as SystemName
    const session = world.connect(system, organization, { baseUrl: proxy.url + pathOf(system, organization) })
    return VERBS[row.verb](session.adapter(kind), target, row.spec ?? {}, signal)
  }
  const credentials = Object.values(world.credentials(kind.system as SystemName)).map((secret) => secret.reveal())
  return { title: titleOf(row), matches: row.matches, call, expected: row.expected, credentials }
}

type Verb = (adapter: Adapter, target: Target, spec: Spec, signal: AbortSignal) => Promise<unknown>
const VERBS: Readonly<Record<Row['verb'], Verb>> = {
  observe: (adapter, target, _spec, signal) => adapter.observe(target, signal),
  create: (adapter, target, spec, signal) => adapter.create(target, spec, signal),
  async update(adapter, target, spec, signal) {
    const observed = (await adapter.observe(target, new AbortController().signal)) as Observed
    const changes = diffSpec(target.kind, spec, { observed: observed.spec, memo: {} })
    await adapter.update(target, observed, spec, changes, signal)
    return 'written'
  },
}

adapterFaults(() => cases, ROWS.map(titleOf), { proxy: () => proxy })

describe('unknown fields in an answer', () => {
  it.each(['CimStepUp', 'PasswordOrgConfig', 'CimPasswordPolicy'])('of %s are ignored', async (name) => {
    const kind = kindOf(name) as Kind
    const system = kind.system as SystemName
    const organization = await world.organization()
    const plain = await world
      .adapter(name, organization)
      .observe({ kind, address: name, key: '' }, new AbortController().signal)
    proxy.clear()
    proxy.inject({ kind: 'alter', change: (body) => ({ ...(body as object), surprise: { deep: [1] } }) })
    const session = world.connect(system, organization, { baseUrl: proxy.url + pathOf(system, organization) })
    const found = await session.adapter(kind).observe({ kind, address: name, key: '' }, new AbortController().signal)
    expect(found?.spec).toEqual(plain?.spec)
  })
})
