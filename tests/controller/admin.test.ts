import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAdmin } from '../../identity/platform/http/admin.ts'
import { ControllerWorld, type Running } from './world.ts'

describe('the admin listener', () => {
  let world: ControllerWorld
  let controller: Running
  beforeAll(async () => {
    world = await ControllerWorld.start()
    controller = world.controller()
  })
  afterAll(() => world.stop())

  const ask = async (path: string) => fetch(`${await controller.adminUrl}${path}`)

  it('answers to probes, and is ready once everything is listed', async () => {
    expect((await ask('/healthz')).status).toBe(200)
    await world.until('it is ready', async () => (await ask('/readyz')).status === 200)
    expect(await (await ask('/readyz')).json()).toEqual({ status: 'ok', controller: true })
  })

  it('shows metrics under the names of controller-runtime', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('measured')
    await cluster.ready('Tenant', 'measured')
    const text = await (await ask('/metrics')).text()
    const names = [
      'controller_runtime_reconcile_total{controller="tenant",result="requeue_after"}',
      'controller_runtime_reconcile_time_seconds_bucket',
      'workqueue_depth{name="plumbline",controller="plumbline",priority="change"} 0',
      'leader_election_master_status{name="plumbline-controller"} 1',
    ]
    expect(names.filter((name) => !text.includes(name))).toEqual([])
    expect(text).toMatch(/rest_client_requests_total\{method="PATCH",code="200",host="127\.0\.0\.1:\d+"\} \d/)
    expect(text).not.toContain('measured')
  })

  it('tells the halves of the process apart', async () => {
    const readiness = async () => ({ controller: true, runtime: false })
    const admin = await openAdmin({ host: '127.0.0.1', port: 0 }, [], readiness)
    const answer = await fetch(`${admin.url}/readyz`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({ status: 'not ready', controller: true, runtime: false })
    await admin.close()
  })
})
