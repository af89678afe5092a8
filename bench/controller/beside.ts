import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { KubeObject } from '../../controller/kube/api.ts'
import { shardOf } from '../../controller/scope.ts'
import { SECRETS } from '../../controller/sessions.ts'
import { type Numbers, timed } from '../measure.ts'
import { Tenants } from './changes.ts'
import type { BenchCluster } from './cluster.ts'
import { plumbline } from './commands.ts'
import { NAMESPACE, secretsOf, tenantObjects } from './documents.ts'
import { ControllerProcess } from './process.ts'

const BEHIND = 100
const CHANGES = 20
const SLOW_MS = 200
const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' }
const FOREVER = new AbortController().signal

/** Seconds from apply to Ready of changes to a healthy tenant while a hundred others wait behind a system that never answers, or takes long. */
export async function besideTrouble(
  cluster: BenchCluster,
  answerAfterMs: number | undefined,
): Promise<readonly number[]> {
  const server = createServer(async (_, answer) => {
    if (answerAfterMs === undefined) return
    await delay(answerAfterMs)
    answer.writeHead(503).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const healthy = tenantObjects(2, cluster.system)
  const behind = tenantObjects(BEHIND + 1, { ...cluster.system, url }).map((o) => renamed(o, 'trouble'))
  await cluster.create([...healthy, ...behind])
  const controller = new ControllerProcess(await plumbline(cluster))
  const stop = new AbortController()
  const tenants = new Tenants(cluster, stop.signal)
  await tenants.names()
  const seconds: number[] = []
  // The first one also waits for the start.
  for (let i = 0; i <= CHANGES; i++) seconds.push(await tenants.change('tenant-0', `changed ${i}`))
  stop.abort()
  await controller.stop()
  server.closeAllConnections()
  server.close()
  return seconds.slice(1)
}

export const TROUBLES: Readonly<Record<string, number | undefined>> = { tarpit: undefined, slow: SLOW_MS }

/** The same objects in two namespaces, brought in step by one controller or by two shards. */
export async function converged(cluster: BenchCluster, objects: number, shards: 1 | 2): Promise<Numbers> {
  const namespaces = [1, 2].map((index) => namespaceIn(index))
  for (const [i, namespace] of namespaces.entries()) await fill(cluster, namespace, objects / 2, i)
  const parts = shards === 1 ? [[]] : [1, 2].map((index) => ['--shard', `${index}/2`])
  const commands = await Promise.all(parts.map((args) => plumbline(cluster, args)))
  const controllers = commands.map((command) => new ControllerProcess(command))
  const { seconds } = await timed(() => Promise.all(controllers.map((c) => c.settled(objects / shards))))
  const cpuSeconds = controllers.reduce((all, c) => all + c.cpuSeconds, 0)
  await Promise.all(controllers.map((c) => c.stop()))
  return { seconds, cpuSeconds }
}

async function fill(cluster: BenchCluster, name: string, count: number, set: number): Promise<void> {
  await cluster.kube.admin.create(NAMESPACES, { metadata: { name } }, FOREVER)
  const { metadata, ...secret } = secretsOf(cluster.system)
  await cluster.kube.admin.create(SECRETS, { ...secret, metadata: { ...metadata, namespace: name } }, FOREVER)
  const all = tenantObjects(count, cluster.system).map((o) =>
    o.kind === 'Tenant' ? { ...o, metadata: { name: `${o.metadata.name}-${set}`, namespace: name } } : moved(o, name),
  )
  await cluster.create(all)
}

const moved = (object: KubeObject, namespace: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace },
})

/** A namespace that falls to a shard of two. */
function namespaceIn(index: number): string {
  for (let i = 0; ; i++) if (shardOf(`${NAMESPACE}-${i}`, 2) === index) return `${NAMESPACE}-${i}`
}

/** The same objects under other names, behind a Connection of their own. */
function renamed(object: KubeObject, prefix: string): KubeObject {
  const spec = JSON.parse(JSON.stringify(object.spec).replace('"name":"runtime"', `"name":"${prefix}-runtime"`))
  return { ...object, metadata: { ...object.metadata, name: `${prefix}-${object.metadata.name}` }, spec }
}
