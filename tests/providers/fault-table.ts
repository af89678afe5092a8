import type { Spec } from '../../config/resource.ts'
import type { Expectation, FaultName } from '../conformance/adapter-faults.ts'
import type { SeenRequest } from '../support/faults.ts'

type Table = Readonly<Record<FaultName, Expectation>>

const LOST = { code: 'UNAVAILABLE', retry: 'backoff' } as const
const UNKNOWN = { code: 'OUTCOME_UNKNOWN', retry: 'never' } as const
const UNEXPECTED = { code: 'UNEXPECTED_RESPONSE', retry: 'never' } as const
const STOPPING = { retry: 'never', stops: 'connection' } as const
const TAKEN = { code: 'ALREADY_EXISTS', retry: 'never' } as const
const DIVERGED = { code: 'DIVERGED', retry: 'never' } as const
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

/** A call of an adapter, and what every fault in it has to become. */
export interface Row {
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
export const ROWS: readonly Row[] = [
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
    expected: { ...COMMON, 409: TAKEN, empty: 'done', wrongShape: 'done' },
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
  {
    kind: 'CimActionTokenUrl',
    key: 'https://a.example/',
    verb: 'create',
    spec: { url: 'https://a.example/' },
    matches: writes,
    expected: { ...CIM, empty: DIVERGED, wrongShape: DIVERGED },
  },
  {
    kind: 'CimCustomMessages',
    key: 'nl',
    verb: 'create',
    spec: { messages: { a: 'A' } },
    matches: writes,
    expected: { ...CIM, empty: 'done', wrongShape: 'done' },
  },
  {
    kind: 'CimLoginMethod',
    key: 'BankId/Bank',
    verb: 'create',
    spec: { type: 'BankId', displayName: 'Bank' },
    matches: writes,
    expected: { ...CIM, empty: DIVERGED, wrongShape: DIVERGED },
  },
  { kind: 'CimIdentityProvider', key: 'any', verb: 'observe', matches: reads, expected: CIM_V1 },
  {
    kind: 'Organization',
    key: 'missing',
    verb: 'observe',
    matches: reads,
    expected: { ...COMMON, 404: 'absent', page404: UNEXPECTED },
  },
  {
    kind: 'User',
    key: 'jane',
    verb: 'observe',
    matches: reads,
    expected: { ...COMMON, 404: 'absent', page404: UNEXPECTED },
  },
  {
    kind: 'Group',
    key: 'Staff',
    verb: 'observe',
    matches: reads,
    expected: { ...COMMON, 404: 'absent', page404: UNEXPECTED },
  },
  {
    kind: 'ApiKey',
    key: 'CI',
    verb: 'observe',
    matches: reads,
    expected: { ...COMMON, 404: 'absent', page404: UNEXPECTED },
  },
  {
    kind: 'ApiKey',
    key: 'CI',
    verb: 'create',
    spec: { displayName: 'CI', scopes: ['users:read'] },
    matches: writes,
    expected: { ...COMMON, 409: TAKEN },
  },
  { kind: 'CimPasswordPolicy', verb: 'observe', matches: reads, expected: CIM_V1 },
]
