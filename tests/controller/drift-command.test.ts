import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND } from '../command.ts'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

describe('plumbline drift --kube', () => {
  let world: ControllerWorld
  let cluster: Cluster
  let folder: string
  beforeAll(async () => {
    world = await ControllerWorld.start()
    folder = await mkdtemp(join(tmpdir(), 'plumbline-drift-'))
    await writeFile(join(folder, 'kubeconfig'), world.kube.configOf('admin').exportConfig(), { mode: 0o600 })
    world.controller()
    cluster = await world.namespace()
    await cluster.tenant('calm')
    await cluster.tenant('adrift', { pin: { size: 8 }, drift: { mode: 'Report' } })
    await cluster.ready('Tenant', 'calm')
    await cluster.ready('Tenant', 'adrift')
  })
  afterAll(async () => {
    await world.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const drift = async () => {
    const env = { ...process.env, NO_COLOR: '1', KUBECONFIG: join(folder, 'kubeconfig') }
    const child = spawn(process.execPath, [...COMMAND, 'drift', '--kube'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise<number | null>((done) => child.once('close', done))
    return { said: await text(child.stdout), code: await ended }
  }

  it('ends with 0 when everything is as its document says', async () => {
    expect(await drift()).toMatchObject({ code: 0, said: '0 objects have drifted; 2 in sync.\n' })
  })

  it('shows the fields that the controller found different, and ends with 2', async () => {
    await world.changeTenant('adrift', { pin_size: 5 })
    await cluster.reconciled('Tenant', 'adrift')
    const { said, code } = await drift()
    expect(code).toBe(2)
    expect(said).toContain(`Tenant/${cluster.namespace}/adrift`)
    expect(said).toContain('/pin/size')
    expect(said).toContain('1 object has drifted; 1 in sync.')
  })
})
