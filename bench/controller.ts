import { setTimeout as delay } from 'node:timers/promises'
import type { KubeObject } from '../controller/kube/api.ts'
import { besideTrouble, converged as sharded, TROUBLES } from './controller/beside.ts'
import { changesDuringSweep } from './controller/changes.ts'
import { BenchCluster } from './controller/cluster.ts'
import { carefulPeer, peer, plumbline } from './controller/commands.ts'
import { mixedObjects, tenantObjects } from './controller/documents.ts'
import { type Command, ControllerProcess } from './controller/process.ts'
import type { Opened } from './controller/service.ts'
import { type Numbers, report, timed } from './measure.ts'

const OBJECTS = Number(process.env.BENCH_OBJECTS ?? 10_000)

/** Shards are compared on a part of the objects. */
const TENTH = 10

/** Looks without progress after which a run is given up. */
const PATIENCE = 10

type Start = (cluster: BenchCluster) => Promise<Command>

/** One controller and the objects that it is to bring in step. */
interface Contender {
  readonly start: Start
  readonly objects: (service: Opened) => readonly KubeObject[]
  /** It does nothing with other kinds. */
  readonly takes: (kind: string) => boolean
}

/** What one start of a controller took until nothing was left to do. */
interface Phase {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMiB: number
  readonly kubeRequestsPerReconcile: number
  readonly systemRequestsPerReconcile: number
}

const note = (line: string): void => {
  process.stderr.write(`  ${line}\n`)
}

/** Starts the controller, waits until `done`, and stops it. */
async function phase(
  cluster: BenchCluster,
  start: Start,
  done: (c: ControllerProcess) => Promise<void>,
): Promise<Phase> {
  const before = await cluster.systemRequests()
  const command = await start(cluster)
  const controller = new ControllerProcess(command)
  const { seconds } = await timed(() => done(controller))
  const seen = await controller.metrics()
  const reconciles = seen.get('controller_runtime_reconcile_total') ?? 0
  const found = {
    seconds,
    cpuSeconds: controller.cpuSeconds,
    peakMiB: controller.peakMiB,
    kubeRequestsPerReconcile: (seen.get('rest_client_requests_total') ?? 0) / reconciles,
    systemRequestsPerReconcile: ((await cluster.systemRequests()) - before) / reconciles,
  }
  await controller.stop()
  return found
}

/** From a start with nothing done until every object is Ready. Throws what they say when nothing gets better any more. */
const converged = (cluster: BenchCluster, objects: readonly KubeObject[]) => async (controller: ControllerProcess) => {
  const kinds = new Set(objects.flatMap((o) => o.kind ?? []))
  let best = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < PATIENCE; tries += 1) {
    await controller.settled(objects.length)
    const reasons = await cluster.notReady(kinds)
    const left = [...reasons.values()].reduce((a, b) => a + b, 0)
    if (left === 0) return
    note(`${left} objects are not ready yet, e.g. ${[...reasons.keys()][0]}`)
    if (left < best) tries = 0
    best = Math.min(best, left)
    await delay(1_000)
  }
  throw new Error(`not everything becomes ready: ${JSON.stringify([...(await cluster.notReady(kinds))], undefined, 1)}`)
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN

/** One controller on fresh servers: first convergence, a sweep that finds nothing, a sweep with changes meanwhile. */
async function run({ start, objects, takes }: Contender): Promise<Numbers> {
  const cluster = await BenchCluster.start()
  try {
    const all = objects(cluster.system)
    const { seconds } = await timed(() => cluster.create(all))
    note(`${all.length} objects applied in ${seconds.toFixed(1)} s`)
    const own = all.filter((o) => takes(o.kind ?? ''))
    const first = await phase(cluster, start, converged(cluster, own))
    note(`first convergence ${JSON.stringify(first)}`)
    const sweep = await phase(cluster, start, (c) => c.settled(own.length))
    note(`sweep ${JSON.stringify(sweep)}`)
    let changes: readonly number[] = []
    await phase(cluster, start, async (c) => {
      changes = await changesDuringSweep(cluster, c, own.length)
    })
    return { objects: own.length, ...prefixed('converge', first), ...prefixed('sweep', sweep), ...latencies(changes) }
  } finally {
    await cluster.stop()
  }
}

const latencies = (changes: readonly number[]): Numbers => ({
  changes: changes.length,
  changeP50Seconds: percentile(changes, 0.5),
  changeP99Seconds: percentile(changes, 0.99),
})

const prefixed = (prefix: string, numbers: object): Numbers =>
  Object.fromEntries(
    Object.entries(numbers).map(([k, v]) => [`${prefix}${k[0]?.toUpperCase()}${k.slice(1)}`, v as number]),
  )

const tenants = (service: Opened) => tenantObjects(OBJECTS, service)
const every = (): boolean => true
const isTenant = (kind: string): boolean => kind === 'Tenant'

/** By the prefix of their numbers. */
const CONTENDERS: Readonly<Record<string, Contender>> = {
  mixed: { start: plumbline, objects: (service) => mixedObjects(OBJECTS, service), takes: every },
  tenants: { start: plumbline, objects: tenants, takes: every },
  peer: { start: peer, objects: tenants, takes: isTenant },
  carefulPeer: { start: carefulPeer, objects: tenants, takes: isTenant },
}

/** Beside trouble, and shared. */
const OTHERS: Readonly<Record<string, (cluster: BenchCluster) => Promise<Numbers>>> = {
  ...Object.fromEntries(
    Object.entries(TROUBLES).map(([name, after]) => [
      name,
      async (cluster: BenchCluster) => latencies(await besideTrouble(cluster, after)),
    ]),
  ),
  oneShard: (cluster) => sharded(cluster, OBJECTS / TENTH, 1),
  twoShards: (cluster) => sharded(cluster, OBJECTS / TENTH, 2),
}

/** All in turn, or those that are named. */
const wanted = process.argv.slice(2)
const found: Record<string, number> = {}
for (const [name, measure] of Object.entries(OTHERS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  note(name)
  const cluster = await BenchCluster.start()
  Object.assign(found, prefixed(name, await measure(cluster)))
  await cluster.stop()
}
for (const [name, contender] of Object.entries(CONTENDERS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  note(name)
  Object.assign(found, prefixed(name, await run(contender)))
}
report(found)
