import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Kube, startKube } from '../support/kube.ts'
import { writeLease } from './lease.ts'
import { type Replica, Replicas } from './processes.ts'

interface Line {
  readonly time: string
  readonly level: string
  readonly message: string
}

describe('the log of `plumbline controller`', () => {
  let kube: Kube
  let folder: string
  let replicas: Replicas
  beforeAll(async () => {
    kube = await startKube()
    folder = await mkdtemp(join(tmpdir(), 'plumbline-log-'))
    replicas = await Replicas.on(kube, folder)
  })
  afterAll(async () => {
    await replicas.stop()
    await kube.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const ended = async ({ child, lines }: Replica): Promise<{ readonly code: number; readonly last: Line }> => {
    const [code] = await once(child, 'close')
    const all = lines.map((line) => JSON.parse(line) as Line)
    for (const line of all) expect(line).toMatchObject({ level: expect.anything(), time: expect.anything() })
    return { code, last: all.at(-1) as Line }
  }

  it('is JSON to its last line when it is stopped', async () => {
    const replica = await replicas.start()
    replica.child.kill('SIGTERM')
    const { code, last } = await ended(replica)
    expect([code, last.level]).toEqual([0, 'info'])
  })

  it('is JSON with a runtime in the same process', async () => {
    const replica = await replicas.start('--runtime', 'embedded', '--data', join(folder, 'data'), '--port', '0')
    replica.child.kill('SIGINT')
    expect((await ended(replica)).code).toBe(0)
  })

  it('is JSON to its last line when the Lease is lost, and says so', async () => {
    const replica = await replicas.start()
    while (!replicas.leaders.includes(replica.child)) await once(replica.child.stderr as never, 'data')
    await writeLease(kube.admin, { holderIdentity: 'a-stranger' })
    const { code, last } = await ended(replica)
    expect(code).toBe(1)
    expect(last).toMatchObject({ level: 'error', message: expect.stringContaining('the lease was lost') })
  })
})
