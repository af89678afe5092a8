import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Kind, SystemName } from '../../config/kind.ts'
import { kindOf } from '../../config/kinds/index.ts'
import type { Spec } from '../../config/resource.ts'
import type { Adapter, Observed, Target } from '../../reconciler/adapter.ts'
import { diffSpec } from '../../reconciler/diff.ts'
import { type Clock, repeatWith } from '../../reconciler/retry.ts'
import { adapterFaults, type FaultCase, type ReadCase, readsRepeatOneRequest } from '../conformance/adapter-faults.ts'
import { type FaultProxy, type SeenRequest, startFaultProxy } from '../support/faults.ts'
import { CASES } from './cases.ts'
import { ROWS, type Row } from './fault-table.ts'
import { openWorld, pathOf, type World } from './world.ts'

const titleOf = ({ kind, verb }: Row): string => `${kind} ${verb}`

const signal = new AbortController().signal
let world: World
let proxy: FaultProxy
let cases: readonly FaultCase[]

beforeAll(async () => {
  world = await openWorld()
  proxy = await startFaultProxy(world.url)
  cases = ROWS.map(caseOf)
})
afterAll(async () => {
  await proxy.close()
  await world.close()
})

/** Every call has an organization of its own: a cut connection may leave something behind. */
function caseOf(row: Row): FaultCase {
  const kind = kindOf(row.kind) as Kind
  const target: Target = {
    kind,
    address: `${row.kind}/sample`,
    key: row.key ?? '',
    tenant: 'missing',
    ...(row.id === undefined ? {} : { id: row.id }),
  }
  const system = kind.system as SystemName
  const call = async (late: AbortSignal): Promise<unknown> => {
    const organization = await world.organization()
    const session = world.connect(system, organization, { baseUrl: proxy.url + pathOf(system, organization) })
    return VERBS[row.verb](session.adapter(kind), target, row.spec ?? {}, late)
  }
  const credentials = Object.values(world.credentials(system)).map((secret) => secret.reveal())
  return { title: titleOf(row), matches: row.matches, call, expected: row.expected, credentials }
}

type Verb = (adapter: Adapter, target: Target, spec: Spec, signal: AbortSignal) => Promise<unknown>
const VERBS: Readonly<Record<Row['verb'], Verb>> = {
  observe: (adapter, target, _spec, signal) => adapter.observe(target, signal),
  create: (adapter, target, spec, signal) => adapter.create(target, spec, signal),
  async update(adapter, target, spec, late) {
    const observed = (await adapter.observe(target, signal)) as Observed
    const changes = diffSpec(target.kind, spec, { observed: observed.spec, memo: {} })
    await adapter.update(target, observed, spec, changes, late)
    return 'written'
  },
}

adapterFaults(() => cases, ROWS.map(titleOf), { proxy: () => proxy })

/** Time that passes at once. */
const AT_ONCE: Clock = { now: Date.now, sleep: async () => {}, random: () => 0 }

/** What each adapter reads, set up in a fresh organization before the first read. */
const READS: readonly { readonly kind: string; readonly list?: true; readonly desired?: Spec }[] = [
  { kind: 'Organization', list: true },
  { kind: 'SecurityConfiguration', desired: { customId: 'read' } },
  { kind: 'CimFeatures', desired: { pinEnabled: true } },
  { kind: 'CimCustomMessages', desired: { locale: 'nl', messages: { 'login.title': 'Welkom' } } },
  { kind: 'PasswordOrgConfig', desired: { customInstructions: true } },
  { kind: 'MfaDefault', desired: { type: 'Disallowed' } },
]

const readCases: ReadCase[] = []
beforeAll(async () => {
  // More than a page of organizations, so that a list takes two requests.
  for (let i = 0; i < 510; i++) await world.organization()
  for (const read of READS) readCases.push(await readCaseOf(read))
})

async function readCaseOf({ kind: name, list, desired }: (typeof READS)[number]): Promise<ReadCase> {
  const kind = kindOf(name) as Kind
  const system = kind.system as SystemName
  const organization = await world.organization()
  const target: Target = { kind, address: `${name}/read`, key: kind.key((desired ?? {}) as never, 'read') }
  const created = desired && (await world.adapter(name, organization).create(target, desired, signal))
  const read = async (fetcher: typeof fetch): Promise<unknown> => {
    const baseUrl = proxy.url + pathOf(system, organization)
    const session = world.connect(system, organization, { baseUrl, fetch: fetcher, repeat: repeatWith(AT_ONCE) })
    const adapter = session.adapter(kind)
    if (list) return idsIn(adapter.list?.(undefined, signal) ?? [])
    return (await adapter.observe({ ...target, ...(created && { id: created.id }) }, signal))?.spec
  }
  return { title: name, read }
}

async function idsIn(list: AsyncIterable<Observed> | readonly Observed[]): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const { id } of list) ids.push(id)
  return ids
}

readsRepeatOneRequest(
  () => readCases,
  READS.map((r) => r.kind),
  { proxy: () => proxy },
)

describe('a write', () => {
  it.each(['Tenant', 'PasswordOrgConfig', 'CimFeatures', 'SecurityConfiguration', 'MfaDefault'])(
    'of %s that is refused, cut or late is not repeated by the adapter',
    async (name) => {
      const row = CASES.find((c) => c.kind === name) as (typeof CASES)[number]
      const kind = kindOf(name) as Kind
      const system = kind.system as SystemName
      const organization = await world.organization()
      const baseUrl = proxy.url + pathOf(system, organization)
      const session = world.connect(system, organization, { baseUrl, repeat: repeatWith(AT_ONCE) })
      const isWrite = ({ method, url }: SeenRequest) => method !== 'GET' && !/oauth\/token$|\/read$/.test(url)
      for (const fault of [{ kind: 'answer', status: 503 }, { kind: 'cut' }] as const) {
        proxy.clear()
        proxy.inject(fault, { matches: isWrite })
        const target = { kind, address: `${name}/once`, key: row.key }
        await expect(session.adapter(kind).create(target, row.desired, signal)).rejects.toThrow()
        expect(proxy.seen.filter(isWrite)).toHaveLength(1)
      }
    },
  )
})

/** Adds an unknown field to every object of an answer. */
function surprised(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(surprised)
  if (typeof body !== 'object' || body === null) return body
  const members = Object.entries(body).map(([name, value]) => [name, surprised(value)])
  return { ...Object.fromEntries(members), x_surprise: { deep: [1] } }
}

/** In texts every key is a known one; the other two hand nothing back that was created. */
const NO_UNKNOWN_FIELDS: ReadonlySet<string> = new Set(['CimCustomMessages', 'CimIdentityProvider', 'MfaAssignment'])

describe('unknown fields in an answer', () => {
  it.each(CASES.filter((c) => !NO_UNKNOWN_FIELDS.has(c.kind)))(
    'change nothing in what is observed of $kind',
    async (c) => {
      const kind = kindOf(c.kind) as Kind
      const system = kind.system as SystemName
      const organization = await world.organization()
      const tenant = kind.scope === 'tenant' ? { tenant: await world.tenant() } : {}
      const target = { kind, address: `${c.kind}/unknown`, key: c.key, ...tenant }
      const { id } = await world.adapter(c.kind, organization).create(target, c.desired, signal)
      const plain = await world.adapter(c.kind, organization).observe({ ...target, id }, signal)
      proxy.clear()
      proxy.inject({ kind: 'alter', change: surprised })
      const session = world.connect(system, organization, { baseUrl: proxy.url + pathOf(system, organization) })
      const found = await session.adapter(kind).observe({ ...target, id }, signal)
      expect(found?.spec).toEqual(plain?.spec)
    },
  )
})
