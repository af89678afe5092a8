import { loadProject } from '../config/project/project.ts'
import { resolve } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import { fromWire, toWire } from '../config/wire.ts'
import { type Facts, factsOf } from '../reconciler/facts.ts'
import { match } from '../reconciler/match.ts'
import { type Address, DEFAULT_ALLOWANCE, type Plan, type Seen } from '../reconciler/model.ts'
import { plan } from '../reconciler/plan.ts'
import { ruleCheck } from '../reconciler/rule-check.ts'
import { mixedProject } from './documents.ts'
import { peakMiB, report, timed } from './measure.ts'

const DOCUMENTS = 5_000
/** Enough for 5,000 managed ones: Connections configure Plumbline and are not planned. */
const WRITTEN = 6_500
const ONE_IN = 10

/** One document in ten is new; of all others the system shows everything but one field in ten. */
function seenOf(facts: Facts, number: number): Seen {
  if (number % ONE_IN === 0) return { sight: { state: 'absent' }, fingerprints: {}, delivered: false }
  const all = fromWire(facts.kind.spec, toWire(facts.kind.spec, facts.spec))
  const spec = Object.fromEntries(Object.entries(all).filter((_, i) => (number + i) % ONE_IN !== 1))
  return {
    sight: { state: 'present', observed: { id: facts.address, key: '', spec } },
    fingerprints: {},
    delivered: true,
  }
}

function planAll(resources: readonly Resource[]): Plan {
  const index = resolve(resources)
  const managed = resources.filter((r) => r.kind !== 'Connection').slice(0, DOCUMENTS)
  const documents = managed.map((r) => factsOf(r, index))
  const snapshot = new Map<Address, Seen>(documents.map((facts, i) => [facts.address, seenOf(facts, i)]))
  const matched = match({ documents, entries: new Map(), places: new Map() })
  return plan({ matched, snapshot, finalizeDue: new Set(), allowance: DEFAULT_ALLOWANCE, rules: ruleCheck })
}

/** Plans 5,000 documents without a network: facts, comparison, rules, order, digest. Loading them is not counted. */
const project = mixedProject(WRITTEN)
try {
  const { resources } = loadProject({ cwd: project.folder })
  const { result, seconds, cpuSeconds } = await timed(() => planAll(resources))
  const changes = result.steps.reduce((sum, step) => sum + step.changes.length, 0)
  report({ documents: result.steps.length, changes, seconds, cpuSeconds, peakMiB: peakMiB() })
} finally {
  project.remove()
}
