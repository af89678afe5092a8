import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAdmin } from '../../../identity/platform/http/admin.ts'
import { sweepAll } from '../../../identity/platform/jobs/sweeper.ts'
import { openService, type Service } from '../../../identity/service.ts'
import type { Collection } from '../../../identity/store/store.ts'
import { type LoginWorld, openLoginWorld, WRONG } from '../login/world.ts'

const MARKS: Collection<{ id: string }> = { name: 'marks', id: (m) => m.id, indexes: [] }

/** The value of a series, `NaN` when it is not there. */
const valueIn = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')
      .at(-1) ?? 'none',
  )

describe('the metrics of the service', () => {
  let folder: string
  let service: Service
  let clock: Date
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-metrics-'))
    clock = new Date('2026-01-01T00:00:00Z')
    service = await openService({ store: folder, dataFolder: folder, now: () => clock })
  })
  afterAll(async () => {
    await service.close()
    await rm(folder, { recursive: true })
  })
  const shown = () => service.metrics.metrics()
  const send = (method: 'GET' | 'POST', url: string, payload?: object) =>
    service.app.inject({
      method,
      url,
      headers: { 'x-api-key': String(service.createdAdminKey) },
      ...(payload && { payload }),
    })

  it('count requests by route template and class of status', async () => {
    await send('POST', '/v1/tenants', { tenant_id: 'marked-tenant' })
    await send('GET', '/v1/tenants/marked-tenant')
    await send('GET', '/v1/tenants/marked-missing')
    await send('GET', '/marked/nowhere')
    const text = await shown()
    const counted = (labels: string) => valueIn(text, `plumbline_http_request_duration_seconds_count{${labels}}`)
    expect(counted('method="GET",route="/v1/tenants/:tenant_id",status="2xx"')).toBe(1)
    expect(counted('method="GET",route="/v1/tenants/:tenant_id",status="4xx"')).toBe(1)
    expect(counted('method="GET",route="none",status="4xx"')).toBe(1)
    expect(valueIn(text, 'plumbline_store_operation_duration_seconds_count{operation="create"}')).toBeGreaterThan(0)
    expect(text).not.toContain('marked')
  })

  it('count providers in memory and tokens by grant', async () => {
    const client = { client_id: 'robot', name: 'Robot', tenant_id: 'tokens', client_type: 'confidential' }
    await send('POST', '/v1/tenants', { tenant_id: 'tokens' })
    await send('POST', '/v1/clients', { ...client, client_secret: 'a-secret-of-the-robot-32-characters' })
    const answer = await service.app.inject({
      method: 'POST',
      url: '/tokens/oidc/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'grant_type=client_credentials&client_id=robot&client_secret=a-secret-of-the-robot-32-characters',
    })
    expect(answer.statusCode).toBe(200)
    const text = await shown()
    expect(valueIn(text, 'plumbline_token_responses_total{grant="client_credentials"}')).toBe(1)
    expect(valueIn(text, 'plumbline_oidc_providers')).toBe(1)
    const labels = 'method="POST",route="/:tenant_id/oidc/token",status="2xx"'
    expect(valueIn(text, `plumbline_http_request_duration_seconds_count{${labels}}`)).toBe(1)
  })

  it('say how many expired rows wait and were swept; one round leaves none', async () => {
    const rows = Array.from({ length: 2500 }, (_, i) => ({ id: String(i) }))
    for (const row of rows) await service.deps.store.create(MARKS, 'sweep', row, 60)
    clock = new Date(clock.getTime() + 3_600_000)
    expect(valueIn(await shown(), 'plumbline_expired_rows_waiting')).toBeGreaterThanOrEqual(2500)
    await sweepAll(service.deps)
    const text = await shown()
    expect(valueIn(text, 'plumbline_expired_rows_waiting')).toBe(0)
    expect(valueIn(text, 'plumbline_expired_rows_swept_total')).toBeGreaterThanOrEqual(2500)
  })

  it('are not shown on the public listener', async () => {
    expect((await send('GET', '/metrics')).statusCode).toBe(404)
  })

  it('are shown on the admin listener beside those of the process', async () => {
    const admin = await openAdmin({ host: '127.0.0.1', port: 0 }, [service.metrics], async () => ({ runtime: true }))
    const answer = await fetch(`${admin.url}/metrics`)
    const text = await answer.text()
    await admin.close()
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const names = ['plumbline_mails_waiting', 'nodejs_eventloop_lag_seconds', 'process_resident_memory_bytes']
    expect(names.filter((name) => Number.isNaN(valueIn(text, name)))).toEqual([])
  })
})

describe('the metrics of a login', () => {
  let world: LoginWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, close } = await openLoginWorld())
  })
  afterAll(() => close())

  it('count factors by method and outcome, and blocks that begin', async () => {
    const block_config = { ip_attempts_limit: 2, user_attempts_limit: 15 }
    const tenant = await world.tenant({ block_config })
    await world.register(tenant)
    await world.signIn(tenant)
    const ip = world.address()
    for (const _ of [1, 2]) await world.signIn(tenant, 'jane', WRONG, { ip })
    const text = (await world.deps.metrics?.registry.metrics()) ?? ''
    expect(valueIn(text, 'plumbline_logins_total{method="knowledge",outcome="accepted"}')).toBe(1)
    expect(valueIn(text, 'plumbline_logins_total{method="knowledge",outcome="refused"}')).toBe(2)
    expect(valueIn(text, 'plumbline_lockouts_total{kind="address"}')).toBe(1)
    expect(text).not.toContain(tenant)
  })
})
