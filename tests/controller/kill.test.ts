import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openService, type Service } from '../../identity/service.ts'
import { KillingProxy } from '../e2e/crash/killing-proxy.ts'
import { type Kube, startKube } from '../support/kube.ts'
import { Cluster } from './world.ts'

const BINARY = fileURLToPath(new URL('../../bin/plumbline.mjs', import.meta.url))

describe('the command `plumbline controller`, killed with SIGKILL', () => {
  let kube: Kube
  let folder: string
  let service: Service
  let proxy: KillingProxy
  const children: ChildProcess[] = []

  beforeAll(async () => {
    kube = await startKube()
    folder = await mkdtemp(join(tmpdir(), 'plumbline-kill-'))
    service = await openService({ store: folder, dataFolder: folder })
    proxy = new KillingProxy(await service.listen({ host: '127.0.0.1', port: 0 }))
    await writeFile(join(folder, 'kubeconfig'), kube.configOf('admin').exportConfig(), { mode: 0o600 })
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    proxy.close()
    await service.close()
    await kube.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [BINARY, 'controller', '--admin-port', '0'], {
      env: { ...process.env, KUBECONFIG: join(folder, 'kubeconfig') },
      stdio: ['ignore', 'ignore', process.env.KUBE_LOG ? 'inherit' : 'ignore'],
    })
    children.push(child)
    return child
  }

  it('between a create and the status of the object, creates nothing twice and takes nothing for foreign', async () => {
    const cluster = new Cluster(kube.admin, await kube.namespace())
    await cluster.secret('runtime', { key: service.createdAdminKey ?? '' })
    const child = start()
    proxy.arm({ write: 1, when: 'after' }, () => child.kill('SIGKILL'))
    const endpoint = await proxy.listen()
    const credentials = { apiKey: { fromSecret: { name: 'runtime', key: 'key' } } }
    await cluster.apply('Connection', 'runtime', { system: 'SecretsVault', endpoint, credentials })
    await cluster.tenant('half', { adoption: 'CreateOnly' })
    await new Promise((ended) => child.once('close', ended))
    expect(proxy.killedAt).toBe('POST /v1/tenants')
    start()
    await cluster.ready('Tenant', 'half')
    expect(proxy.writes.filter((w) => w === 'POST /v1/tenants')).toHaveLength(1)
  })
})
