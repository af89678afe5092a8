import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureTool } from '../../engine/engine.ts'
import type { Cluster, Seen } from './cluster.ts'
import { ControllerWorld } from './world.ts'

/** What kstatus makes of an object: `Current` is done, `InProgress` is waited for, `Failed` needs a person. */
async function kstatusOf(object: unknown): Promise<string> {
  const program = spawn(await ensureTool('kstatus'), [], { stdio: ['pipe', 'pipe', 'inherit'] })
  const said = text(program.stdout)
  const closed = once(program, 'close')
  program.stdin.end(`${JSON.stringify(object)}\n`)
  await closed
  return (await said).trim()
}

type State = (cluster: Cluster, name: string) => Promise<Seen>

const tenant = async (cluster: Cluster, name: string, spec: object = {}): Promise<Seen> => {
  await cluster.tenant(name, spec)
  return cluster.ready('Tenant', name)
}

describe('kstatus (sigs.k8s.io/cli-utils), by which kubectl, Flux and Argo CD wait, takes an object that is', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    await ensureTool('kstatus')
  }, 600_000)
  afterAll(() => world.stop())

  const seen = async (cluster: Cluster, name: string): Promise<Seen> => {
    const found = await cluster.seen('Tenant', name)
    if (found === undefined) throw new Error(`${name} is not there`)
    return found
  }
  const owned: State = async (cluster, name) => {
    const body = { object: `Tenant///${name}`, owner: 'pulumi:acme/identity/prod', holder: `Tenant/${name}` }
    await world.call('POST', '/v1/claims', body)
    await world.call('POST', '/v1/tenants', { tenant_id: name, display_name: name })
    await cluster.tenant(name)
    return cluster.status('Tenant', name, (s) => s.condition('Synced')?.reason === 'OwnedBy')
  }
  const paused: State = async (cluster, name) => {
    await tenant(cluster, name)
    await cluster.annotate('Tenant', name, { 'plumbline.dev/paused': 'true' })
    return cluster.status('Tenant', name, (s) => s.condition('Synced')?.reason === 'Paused')
  }
  const drifted: State = async (cluster, name) => {
    await tenant(cluster, name, { pin: { size: 8 }, drift: { mode: 'Report' } })
    await world.changeTenant(name, { pin_size: 5 })
    await cluster.reconciled('Tenant', name)
    return cluster.status('Tenant', name, (s) => s.is('Drifted'))
  }
  const down: State = async (cluster, name) => {
    world.isDown = true
    await cluster.tenant(name)
    const found = await cluster.status('Tenant', name, (s) => s.is('Reconciling', 'Unavailable'))
    world.isDown = false
    return found
  }
  const leaving: State = async (cluster, name) => {
    await cluster.apply('Organization', name, { connectionRef: { name: 'runtime' } })
    await cluster.ready('Organization', name)
    await tenant(cluster, name, { organizationRef: { name } })
    await cluster.delete('Organization', name)
    return world.until('it waits', () => cluster.seen('Organization', name))
  }
  const STATES: readonly (readonly [string, string, State])[] = [
    ['in the system, for Current', 'Current', tenant],
    ['different, and left so as the document says, for Current', 'Current', drifted],
    [
      'waiting for what it refers to, for InProgress',
      'InProgress',
      async (cluster, name) => {
        await cluster.tenant(name, { organizationRef: { name: 'nowhere' } })
        return cluster.status('Tenant', name, (s) => s.condition('ReferencesResolved')?.status === 'False')
      },
    ],
    ['behind a system that is down, for InProgress', 'InProgress', down],
    ['paused, for InProgress', 'InProgress', paused],
    [
      'refused, for Failed',
      'Failed',
      async (cluster, name) => {
        await cluster.tenant(name, { adoption: 'AdoptOnly' })
        return cluster.status('Tenant', name, (s) => s.is('Stalled'))
      },
    ],
    ['managed by another, for Failed', 'Failed', owned],
    ['being deleted, for Terminating', 'Terminating', leaving],
  ]

  it('looked at by no controller so far, for InProgress', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('fresh')
    expect(await kstatusOf((await seen(cluster, 'fresh')).object)).toBe('InProgress')
    world.controller()
  })

  it.each(STATES.map(([what, status, state], i) => [what, status, state, `state-${i}`] as const))(
    '%s',
    async (_what, status, state, name) => {
      expect(await kstatusOf((await state(await world.namespace(), name)).object)).toBe(status)
    },
  )
})
