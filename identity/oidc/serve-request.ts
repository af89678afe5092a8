import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { utf8Text } from '../platform/http/text.ts'
import { mountOf } from './issuer.ts'

/** What is asked of a tenant's provider: a path below its mount with the query, and the body as text. */
export interface Call {
  readonly tenant: string
  readonly path: string
  readonly body: string
}

/**
 * Lets the provider of a tenant answer a request. It sees the public origin, whatever `Host` the caller sent, and the body that
 * was read within our limit. Throws NOT_FOUND for an unknown tenant.
 */
export async function serve(
  deps: Pick<Deps, 'publicUrl' | 'providers'>,
  request: FastifyRequest,
  reply: FastifyReply,
  call: Call,
): Promise<void> {
  await deps.providers.use(call.tenant, clientIdIn(request, call), async ({ handle }) => {
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value)
    await handle(virtualRequest(deps, request, call), reply.raw)
    if (!reply.raw.writableFinished) await finished(reply.raw).catch(ignoreHangUp)
  })
}

/** The caller went away before the answer was out; there is nobody left to tell. */
const ignoreHangUp = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
}

/** Headers by which a proxy speaks; the caller's own are not believed. */
const PROXY_HEADER = /^(x-forwarded-|forwarded$)/

function virtualRequest(
  deps: Pick<Deps, 'publicUrl'>,
  request: FastifyRequest,
  { tenant, path, body }: Call,
): IncomingMessage {
  const { host, protocol } = new URL(publicUrlOf(deps))
  const bytes = Buffer.from(body)
  const kept = Object.entries(request.headers).filter(([name]) => !PROXY_HEADER.test(name))
  const stream = Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false })
  return Object.assign(stream, {
    method: request.method,
    url: path,
    originalUrl: `${mountOf(tenant)}${path}`,
    httpVersion: request.raw.httpVersion,
    httpVersionMajor: request.raw.httpVersionMajor,
    socket: request.raw.socket,
    headers: {
      ...Object.fromEntries(kept),
      host,
      'content-length': String(bytes.length),
      'x-forwarded-proto': protocol.slice(0, -1),
      'x-forwarded-for': request.ip,
    },
  }) as unknown as IncomingMessage
}

/** The client that a request names, unproven: in the query, in the form, or as the user of Basic authentication. */
function clientIdIn(request: FastifyRequest, { path, body }: Call): string | undefined {
  const query = new URLSearchParams(path.split('?')[1])
  const named = query.get('client_id') ?? new URLSearchParams(body).get('client_id')
  if (named !== null) return named
  const basic = /^basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const user = basic === undefined ? undefined : utf8Text(Buffer.from(basic, 'base64')).split(':')[0]
  return user === undefined ? undefined : (new URLSearchParams(`user=${user}`).get('user') ?? undefined)
}
