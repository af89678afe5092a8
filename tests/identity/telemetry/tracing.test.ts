import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTracing } from '../../../identity/platform/telemetry/tracing.ts'

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: number }
}
interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: readonly Attribute[]
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[]
  }[]
}

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const moduleAt = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../../identity/${path}`, import.meta.url)))

/** A service that is asked about a person, and a call that leaves the process. */
const SCRIPT = `
  import { openService } from ${moduleAt('service.ts')}
  import { openTracing } from ${moduleAt('platform/telemetry/tracing.ts')}
  const [folder, elsewhere] = process.argv.slice(1)
  const tracing = await openTracing(process.env)
  const { app, createdAdminKey, close } = await openService({ store: folder, dataFolder: folder, tracing, log: true })
  const headers = { 'x-api-key': createdAdminKey, traceparent: '00-${TRACE}-${CALLER}-01', baggage: 'who=marked' }
  const send = (method, url, payload) => app.inject({ method, url, headers, payload })
  await send('POST', '/v1/tenants', { tenant_id: 'acme-web' })
  await send('GET', '/v1/tenants/acme-web/usernames/marked-name?hint=marked-query')
  await tracing.call('outgoing', () => fetch(elsewhere + '/logout/marked-path?token=marked-token'))
  await close()`

/** A receiver of OTLP over HTTP in JSON (opentelemetry-proto), which also stands for another party. */
function receiver() {
  const exports: Export[] = []
  const called: IncomingHttpHeaders[] = []
  const server = createServer(async (request, response) => {
    if (request.url === '/v1/traces') exports.push((await json(request)) as Export)
    else called.push(request.headers)
    response.setHeader('content-type', 'application/json').end('{}')
  })
  return { exports, called, server }
}

describe('traces', () => {
  const { exports, called, server } = receiver()
  let folder: string
  let log: string
  let spans: readonly Span[]
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-traces-'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SERVICE_NAME: 'login' }
    const child = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT, folder, url], { env })
    const [written, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
    if (status !== 0) throw new Error(`the service ended with ${status}: ${written}`)
    log = written
    spans = exports.flatMap(({ resourceSpans }) => resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)))
  })
  afterAll(async () => {
    server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const named = (name: string) => spans.filter((span) => span.name === name)
  const attributeOf = (attributes: readonly Attribute[], key: string) => {
    const value = attributes.find((attribute) => attribute.key === key)?.value
    return value?.stringValue ?? value?.intValue
  }

  it('have a span per request, below the one of the caller, with the route and the status', () => {
    const [span] = named('GET /v1/tenants/:tenant_id/usernames/:username')
    expect(span).toMatchObject({ traceId: TRACE, parentSpanId: CALLER })
    expect(attributeOf(span?.attributes ?? [], 'http.response.status_code')).toBe(404)
  })

  it('have a span per operation of the store below its request', () => {
    const [request] = named('POST /v1/tenants')
    const below = named('store create').filter(({ parentSpanId }) => parentSpanId === request?.spanId)
    const collections = below.map(({ attributes }) => attributeOf(attributes, 'db.collection.name'))
    expect(collections).toContain('tenants')
  })

  it('go on in calls to others, without what callers handed us', () => {
    const [outer] = named('outgoing')
    const inner = spans.find(({ parentSpanId }) => parentSpanId === outer?.spanId)
    expect(called[0]?.traceparent).toBe(`00-${outer?.traceId}-${inner?.spanId}-01`)
    expect(called[0]?.baggage).toBeUndefined()
  })

  it('bear the name of the service that the environment gives', () => {
    const [first] = exports.flatMap(({ resourceSpans }) => resourceSpans)
    expect(attributeOf(first?.resource.attributes ?? [], 'service.name')).toBe('login')
  })

  it('are named in the log', () => {
    expect(log).toContain(`"trace_id":"${TRACE}"`)
  })

  it('hold no data of people', () => {
    expect(spans.length).toBeGreaterThan(5)
    expect(JSON.stringify(exports)).not.toContain('marked')
  })
})

describe('without an endpoint in the environment', () => {
  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'none' },
  ])('nothing is traced: %j', async (env) => {
    expect(await openTracing(env)).toBeUndefined()
  })

  it('the protocol grpc is refused', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
    await expect(openTracing(env)).rejects.toMatchObject({ code: 'USAGE' })
  })
})
