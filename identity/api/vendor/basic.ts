import type { FastifyRequest } from 'fastify'
import { utf8Text } from '../../platform/http/text.ts'
import { header } from './vendor-api.ts'

/** User name and password of HTTP basic authentication (RFC 7617), `undefined` when none are sent. */
export function basicCredentials(request: FastifyRequest): { username: string; password: string } | undefined {
  const encoded = /^basic ([A-Za-z0-9+/=]+)$/i.exec(header(request, 'authorization') ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = utf8Text(Buffer.from(encoded, 'base64'))
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
