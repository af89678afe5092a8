import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { PlumblineError } from '../../../config/errors.ts'

/** Whether each half of the process can do its work, by name. */
export type Readiness = () => Promise<Readonly<Record<string, boolean>>>

export interface Admin {
  readonly url: string
  close(): Promise<void>
}

/**
 * The listener for operators, apart from the one for people: `/healthz`, `/readyz`, and `/metrics` with those of the process
 * (prom-client's defaults) and of its halves. Throws IO.
 */
export async function openAdmin(
  address: { readonly host: string; readonly port: number },
  halves: readonly Registry[],
  readiness: Readiness,
): Promise<Admin> {
  const app = Fastify({ bodyLimit: 1_024, requestTimeout: 10_000, forceCloseConnections: true })
  const ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess })
  const metrics = Registry.merge([ofProcess, ...halves])
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const halves = await readiness()
    const ready = Object.values(halves).every(Boolean)
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'not ready', ...halves })
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  try {
    await app.listen(address)
  } catch (cause) {
    throw new PlumblineError('IO', `cannot listen on ${address.host}:${address.port}`, { cause })
  }
  const { port } = app.server.address() as AddressInfo
  return { url: `http://${address.host}:${port}`, close: () => app.close() }
}
