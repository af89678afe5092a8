import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from '../config/references.ts'
import type { Adapter, Observed, System } from '../reconciler/adapter.ts'
import { type ApplyInput, apply, type Ledger } from '../reconciler/apply.ts'
import { Connections } from '../reconciler/connections.ts'
import { type Facts, factsOf } from '../reconciler/facts.ts'
import { match } from '../reconciler/match.ts'
import { type Address, DEFAULT_ALLOWANCE, type Entry, type Seen } from '../reconciler/model.ts'
import { plan } from '../reconciler/plan.ts'
import { ruleCheck } from '../reconciler/rule-check.ts'
import { Secret } from '../reconciler/secret.ts'
import { aliveMiB, peakMiB, report, timed, usedMiB } from './measure.ts'
import { PLUMBLINE } from './plumbline.ts'
import { tenantDocuments, tenantProject } from './tenants.ts'

const UNCHANGED = 100_000
const ONE_IN = 10_000
const CREATES = 1_000

const present = ({ target, spec }: Facts): Observed => ({ id: target.key, key: target.key, spec })

const entryOf = ({ address, kind, connection, target, specDigest }: Facts): Entry => ({
  address,
  kind: kind.name,
  connection,
  key: target.key,
  id: target.key,
  memo: {},
  specDigest,
  deletionPolicy: 'Retain',
  needs: [],
})

/** A system without a network. */
function systemOf(objects: Map<Address, Observed>): System {
  const adapter: Adapter = {
    observe: async ({ address }) => objects.get(address),
    create: async ({ key }) => ({ id: key }),
    update: async ({ address }, observed, desired) => void objects.set(address, { ...observed, spec: desired }),
    delete: async () => {},
  }
  return {
    name: 'SecretsVault',
    parallelWrites: 8,
    connect: () => ({ refresh: () => {}, adapter: () => adapter }),
  }
}

function ledgerOf(entries: Map<Address, Entry>): Ledger {
  return {
    entries,
    put: async (entry) => void entries.set(entry.address, entry),
    drop: async (address) => void entries.delete(address),
    finalizeDue: async () => {},
  }
}

/** A plan of tenants that are all as they should be, but so many of the first, and everything that applying it needs. */
function inputOf(count: number, changed: number): ApplyInput {
  const resources = tenantDocuments(count)
  const index = resolve(resources)
  const documents = resources.slice(1).map((r) => factsOf(r, index))
  const entries = new Map(documents.map((d) => [d.address, entryOf(d)]))
  const matched = match({ documents, entries, places: new Map(documents.map((d) => [d.connection, 'bench'])) })
  const objects = new Map(documents.map((d, i) => [d.address, i < changed ? differing(d) : present(d)]))
  const snapshot = new Map([...objects].map(([address, observed]) => [address, seen(observed)]))
  const connections = new Connections({
    index,
    systems: new Map([['SecretsVault', systemOf(objects)]]),
    secrets: async () => new Secret('none'),
    embedded: async () => ({ fetch }),
  })
  return {
    plan: plan({ matched, snapshot, finalizeDue: new Set(), allowance: DEFAULT_ALLOWANCE, rules: ruleCheck }),
    matched,
    ledger: ledgerOf(entries),
    context: {
      connections,
      deliveries: { has: async () => true, requireOpen: async () => {}, put: async () => {} },
      fingerprintKey: 'none',
      signal: new AbortController().signal,
    },
    rules: ruleCheck,
  }
}

const seen = (observed: Observed): Seen => ({
  sight: { state: 'present', observed },
  fingerprints: {},
  delivered: true,
})

const differing = (facts: Facts): Observed => ({ ...present(facts), spec: { displayName: 'Another name' } })

async function applied(input: ApplyInput, onOutcome: (count: number) => void = () => {}): Promise<void> {
  let outcomes = 0
  for await (const { status, error } of apply(input)) {
    if (status !== 'done') throw error ?? new Error(status)
    outcomes += 1
    onOutcome(outcomes)
  }
  if (outcomes !== input.plan.steps.length) throw new Error(`${outcomes} outcomes`)
}

/** Looks at the memory once per so many outcomes: each look takes some microseconds. */
const LOOK_EVERY = 500

/**
 * What apply takes beside the documents and the plan that it is given is the most that was in use meanwhile, garbage
 * included, above what was alive before. The peak of the process is another number: making documents and plan leaves garbage behind
 * whose room apply uses again.
 */
async function unchanged() {
  const { result: input, seconds: planSeconds } = await timed(() => inputOf(UNCHANGED, 0))
  const inputMiB = aliveMiB()
  let most = inputMiB
  const look = (count: number): void => {
    if (count % LOOK_EVERY === 0) most = Math.max(most, usedMiB())
  }
  const { seconds, cpuSeconds } = await timed(() => applied(input, look))
  return { planSeconds, seconds, cpuSeconds, inputMiB, addedMiB: most - inputMiB, processPeakMiB: peakMiB() }
}

async function oneChange() {
  const input = inputOf(ONE_IN, 1)
  const { seconds, cpuSeconds } = await timed(() => applied(input))
  return { oneChangeSeconds: seconds, oneChangeCpuSeconds: cpuSeconds }
}

/** The whole command on the embedded service and a store on disk: everything is new, then nothing. */
async function creates() {
  const project = tenantProject(CREATES)
  try {
    const command = () => timed(() => run(project.folder, 'apply', '--yes', '--quiet'))
    const { seconds: createsSeconds } = await command()
    const { seconds: againSeconds } = await command()
    return { createsSeconds, againSeconds }
  } finally {
    project.remove()
  }
}

async function run(cwd: string, ...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...PLUMBLINE, ...args], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`plumbline ${args[0]} ended with ${code}`)
}

report({ ...(await unchanged()), ...(await oneChange()), ...(await creates()) })
