import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KINDS } from '../../config/kinds/index.ts'
import { Metrics } from '../../controller/metrics.ts'
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

  /** What the dashboards of controller-runtime and client-go ask for: name → type and labels. */
  const READ_BY_DASHBOARDS: Readonly<Record<string, readonly [type: string, ...labels: string[]]>> = {
    controller_runtime_reconcile_total: ['counter', 'controller', 'result'],
    controller_runtime_reconcile_errors_total: ['counter', 'controller'],
    controller_runtime_terminal_reconcile_errors_total: ['counter', 'controller'],
    controller_runtime_reconcile_panics_total: ['counter', 'controller'],
    controller_runtime_reconcile_time_seconds: ['histogram', 'controller'],
    controller_runtime_active_workers: ['gauge', 'controller'],
    controller_runtime_max_concurrent_reconciles: ['gauge', 'controller'],
    workqueue_depth: ['gauge', 'name', 'controller'],
    workqueue_adds_total: ['counter', 'name', 'controller'],
    workqueue_queue_duration_seconds: ['histogram', 'name', 'controller'],
    workqueue_work_duration_seconds: ['histogram', 'name', 'controller'],
    workqueue_unfinished_work_seconds: ['gauge', 'name', 'controller'],
    workqueue_longest_running_processor_seconds: ['gauge', 'name', 'controller'],
    workqueue_retries_total: ['counter', 'name', 'controller'],
    rest_client_requests_total: ['counter', 'method', 'code', 'host'],
    leader_election_master_status: ['gauge', 'name'],
  }

  it.each(Object.entries(READ_BY_DASHBOARDS))('has %s', async (name, [type, ...labels]) => {
    const text = await (await ask('/metrics')).text()
    expect(text).toContain(`# TYPE ${name} ${type}\n`)
    const sample = new RegExp(`^${name}(?:_bucket)?\\{(.*)\\} `, 'm').exec(text)?.[1] ?? ''
    for (const label of labels) expect(sample).toMatch(new RegExp(`(^|,)${label}="[^"]`))
  })

  it('has every counter before its first event, so that a rate sees that one', async () => {
    const metrics = await new Metrics(
      1,
      () => 0,
      () => [],
    ).registry.metrics()
    for (const [name, [type]] of Object.entries(READ_BY_DASHBOARDS))
      if (type === 'counter' && name !== 'rest_client_requests_total')
        expect(metrics).toMatch(new RegExp(`^${name}\\{.*\\} 0$`, 'm'))
    for (const { name } of KINDS) expect(metrics).toContain(`plumbline_drift_total{kind="${name}",class="Corrected"} 0`)
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
