import { setTimeout as delay } from 'node:timers/promises'
import type { KubeObject } from '../controller/kube/api.ts'
import { changesDuringSweep } from './controller/changes.ts'
import { BenchCluster } from './controller/cluster.ts'
import { peer, plumbline } from './controller/commands.ts'
import { mixedObjects, tenantObjects } from './controller/documents.ts'
import { type Command, ControllerProcess } from './controller/process.ts'
import type { Opened } from './controller/service.ts'
import { type Numbers, report, timed } from './measure.ts'

const OBJECTS = Number(process.env.BENCH_OBJECTS ?? 10_000)

/** Looks without progress after which a run is given up. */
const PATIENCE = 10

type Start = (cluster: BenchCluster) => Promise<Command>

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
const converged =
  (cluster: BenchCluster, objects: number) =>
  async (controller: ControllerProcess): Promise<void> => {
    let best = Number.POSITIVE_INFINITY
    for (let tries = 0; tries < PATIENCE; tries += 1) {
      await controller.settled(objects)
      const reasons = await cluster.notReady()
      const left = [...reasons.values()].reduce((a, b) => a + b, 0)
      if (left === 0) return
      note(`${left} objects are not ready yet, e.g. ${[...reasons.keys()][0]}`)
      if (left < best) tries = 0
      best = Math.min(best, left)
      await delay(1_000)
    }
    throw new Error(`not everything becomes ready: ${JSON.stringify([...(await cluster.notReady())], undefined, 1)}`)
  }

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN

/** One controller on fresh servers: first convergence, a sweep that finds nothing, a sweep with changes meanwhile. */
async function run(objectsOf: (service: Opened) => readonly KubeObject[], start: Start): Promise<Numbers> {
  const cluster = await BenchCluster.start()
  try {
    const objects = objectsOf(cluster.system)
    const created = await timed(() => cluster.create(objects))
    note(`${objects.length} objects applied in ${created.seconds.toFixed(1)} s`)
    const first = await phase(cluster, start, converged(cluster, objects.length))
    note(`first convergence ${JSON.stringify(first)}`)
    const sweep = await phase(cluster, start, (c) => c.settled(objects.length))
    note(`sweep ${JSON.stringify(sweep)}`)
    let changes: readonly number[] = []
    await phase(cluster, start, async (c) => {
      changes = await changesDuringSweep(cluster, c, objects.length)
    })
    return {
      objects: objects.length,
      ...prefixed('converge', first),
      ...prefixed('sweep', sweep),
      ...latencies(changes),
    }
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

note('plumbline controller, mixed kinds')
const mixed = await run((service) => mixedObjects(OBJECTS, service), plumbline)
note('plumbline controller, tenants')
const own = await run((service) => tenantObjects(OBJECTS, service), plumbline)
note('controller-runtime, tenants')
const other = await run((service) => tenantObjects(OBJECTS, service), peer)
report({ ...mixed, ...prefixed('tenants', own), ...prefixed('peer', other) })
