import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { PLUMBLINE } from '../plumbline.ts'
import type { BenchCluster } from './cluster.ts'
import type { Command } from './process.ts'

const PEER = fileURLToPath(new URL('../peers/controller-runtime', import.meta.url))

/** Environment of the container, as people install it. */
const DEPLOYMENT = parse(
  readFileSync(new URL('../../config/deploy/controller/deployment.yaml', import.meta.url), 'utf8'),
)
const POD_ENV = Object.fromEntries(
  DEPLOYMENT.spec.template.spec.containers[0].env.map((e: { name: string; value: string }) => [e.name, e.value]),
)

/** `plumbline controller` as a pod starts it. */
export async function plumbline({ kubeconfig }: BenchCluster, more: readonly string[] = []): Promise<Command> {
  const port = await freePort()
  return {
    file: process.execPath,
    args: [...PLUMBLINE, 'controller', '--admin-port', String(port), ...more],
    env: { ...POD_ENV, KUBECONFIG: kubeconfig },
    metricsUrl: `http://127.0.0.1:${port}/metrics`,
  }
}

/** The minimal controller of bench/peers/controller-runtime, which is built first. */
export const peer = (cluster: BenchCluster): Promise<Command> => peerWith(cluster, {})

/** The same, and it keeps the promises that Plumbline's keeps: as many requests for the same reasons. */
export const carefulPeer = (cluster: BenchCluster): Promise<Command> => peerWith(cluster, { CAREFUL: 'true' })

async function peerWith({ kubeconfig, folder, system }: BenchCluster, more: NodeJS.ProcessEnv): Promise<Command> {
  const file = join(folder, 'peer')
  const go = spawn('go', ['build', '-C', PEER, '-ldflags', '-s -w', '-o', file, '.'], { stdio: ['ignore', 2, 2] })
  const [code] = await once(go, 'close')
  if (code !== 0) throw new Error('the peer needs Go 1.26 or newer, and its modules')
  const address = `127.0.0.1:${await freePort()}`
  const env = {
    KUBECONFIG: kubeconfig,
    SYSTEM_URL: system.url,
    SYSTEM_API_KEY: system.adminKey,
    METRICS_ADDRESS: address,
    ...more,
  }
  return { file, args: [], env, metricsUrl: `http://${address}/metrics` }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  await new Promise((closed) => probe.close(closed))
  if (address === null || typeof address === 'string') throw new Error('no port was assigned')
  return address.port
}
