import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openService, type Service } from '../../../identity/service.ts'
import { KillingProxy } from '../../e2e/crash/killing-proxy.ts'
import { type Kube, startKube } from '../../support/kube.ts'
import { Cluster } from '../cluster.ts'
import { Replicas } from '../processes.ts'

/** A cluster, the identity service behind a proxy that kills at a write, and processes of `plumbline controller` on both. */
export interface ProxiedRuntime {
  readonly kube: Kube
  readonly cluster: Cluster
  readonly service: Service
  readonly proxy: KillingProxy
  readonly replicas: Replicas
  /** Of the service, through the proxy and without it. */
  readonly url: string
  readonly direct: string
  stop(): Promise<void>
}

/** Its namespace has a Connection `runtime` to the service; no controller runs so far. */
export async function startProxiedRuntime(): Promise<ProxiedRuntime> {
  const kube = await startKube()
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-kills-'))
  const service = await openService({ store: folder, dataFolder: folder })
  const direct = await service.listen({ host: '127.0.0.1', port: 0 })
  const proxy = new KillingProxy(direct)
  const url = await proxy.listen()
  const replicas = await Replicas.on(kube, folder)
  const cluster = new Cluster(kube.admin, await kube.namespace())
  await cluster.runtime(service.createdAdminKey ?? '', url)
  const stop = async (): Promise<void> => {
    await replicas.stop()
    proxy.close()
    await service.close()
    await kube.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { kube, cluster, service, proxy, replicas, url, direct, stop }
}
