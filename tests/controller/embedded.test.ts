import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allowInsecureRequests, clientCredentialsGrant, discovery } from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Kube, startKube, until } from '../support/kube.ts'
import { Cluster } from './cluster.ts'
import { type Replica, Replicas } from './processes.ts'

const RUNTIME = 'identity runtime serves'
const ADMIN = 'metrics and probes'

describe('two processes of `plumbline controller --runtime embedded` on one store', () => {
  let kube: Kube
  let folder: string
  let cluster: Cluster
  let replicas: Replicas
  let leader: Replica
  let follower: Replica
  beforeAll(async () => {
    kube = await startKube()
    folder = await mkdtemp(join(tmpdir(), 'plumbline-embedded-'))
    replicas = await Replicas.on(kube, folder)
    const start = () => replicas.start('--runtime', 'embedded', '--port', '0', '--data', folder)
    leader = await start()
    await until('the first one leads', async () => replicas.leaders.length === 1)
    follower = await start()
    cluster = new Cluster(kube.admin, await kube.namespace())
    await cluster.runtime((await readFile(join(folder, 'admin.key'), 'utf8')).trim())
  })
  afterAll(async () => {
    await replicas.stop()
    await kube.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** A token of the Client `machine`, from the replica that only follows. */
  const token = async () => {
    const secret = await cluster.secretValue('machine', 'secret')
    const issuer = new URL(`${follower.urlOf(RUNTIME)}/acme/oidc`)
    const config = await discovery(issuer, 'machine', secret, undefined, { execute: [allowInsecureRequests] })
    return (await clientCredentialsGrant(config)).access_token
  }

  it('the leader reconciles into its own runtime, and the follower serves logins of what is there', async () => {
    await cluster.tenant('acme')
    await cluster.apply('Client', 'machine', {
      connectionRef: { name: 'runtime' },
      tenantRef: { name: 'acme' },
      displayName: 'Machine',
      type: 'Confidential',
      writeTo: { secret: { name: 'machine', key: 'secret' } },
    })
    await cluster.ready('Client', 'machine')
    expect(await token()).toBeDefined()
    expect(replicas.leaders).toEqual([leader.child])
  })

  it('tell operators of both halves, and people of neither', async () => {
    for (const replica of [leader, follower]) {
      const ready = await fetch(`${replica.urlOf(ADMIN)}/readyz`)
      expect(await ready.json()).toEqual({ status: 'ok', controller: true, runtime: true })
      const metrics = await (await fetch(`${replica.urlOf(ADMIN)}/metrics`)).text()
      for (const name of ['leader_election_master_status', 'plumbline_store_operation_duration_seconds'])
        expect(metrics).toContain(name)
      expect((await fetch(`${replica.urlOf(RUNTIME)}/metrics`)).status).toBe(404)
    }
  })

  it('keep serving when the leader is gone', async () => {
    const gone = once(leader.child, 'close')
    leader.child.kill('SIGKILL')
    await gone
    expect(await token()).toBeDefined()
  })
})
