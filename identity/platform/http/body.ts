import type { FastifyInstance } from 'fastify'
import { Fault } from '../fault.ts'

/** Reads bodies of `type` as JSON; an empty one counts as none. Keys that reach for prototypes are refused. */
export function acceptJson(app: FastifyInstance, type: string): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>(type, { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') done(null, undefined)
    else parse(request, body, done)
  })
}

/** Reads form bodies as a flat object of texts; a repeated parameter is refused (RFC 6749, section 3.2). */
export function acceptForm(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded'
  app.addContentTypeParser<string>(type, { parseAs: 'string' }, (_request, body, done) => {
    const pairs = [...new URLSearchParams(body)]
    if (new Set(pairs.map(([name]) => name)).size < pairs.length) done(new Fault(400, 'A parameter is repeated.'))
    else done(null, Object.fromEntries(pairs))
  })
}
