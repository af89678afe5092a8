import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { StoreWatcher } from './store.ts'

/** Spans of requests, store operations and outgoing calls. They hold route templates, names of collections and codes, no data of people. */
export interface Tracing {
  /** A span for each request, below the `traceparent` (W3C Trace Context) that it brings. */
  watchRequests(app: FastifyInstance): void
  /** The trace of a request, for the log; `undefined` when it has none. */
  traceOf(request: FastifyRequest): string | undefined
  /** A span for each operation that a request makes. */
  readonly watchStore: StoreWatcher
  /** A span for a call that leaves the process by another way than `fetch`, which has its own. */
  call<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Sends what waits. */
  stop(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Tracing as the standard variables of OpenTelemetry say; `undefined`, and nothing is loaded, when they name no endpoint. Spans go out as
 * OTLP over HTTP in JSON. Throws USAGE for the protocol `grpc`.
 */
export async function openTracing(env: Environment): Promise<Tracing | undefined> {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? ''
  const off = env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none'
  if (endpoint === '' || off) return undefined
  if ((env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL) === 'grpc')
    throw new PlumblineError(
      'USAGE',
      'traces are sent by HTTP, not by the protocol grpc of OTEL_EXPORTER_OTLP_PROTOCOL',
      {
        help: "name the collector's HTTP port (4318) in OTEL_EXPORTER_OTLP_ENDPOINT, and the protocol http/json",
      },
    )
  const { startTracing } = await import('./spans.ts')
  return startTracing()
}
