import type { FastifyInstance } from 'fastify'
import { Fault } from '../fault.ts'
import { encodedText, refuseNonText, utf8Text } from './text.ts'

type Done = (error: Error | null, body?: unknown) => void
const FORM = 'application/x-www-form-urlencoded'

/** Reads bodies of `type` as JSON; an empty one counts as none. Keys that reach for prototypes are refused. */
export function acceptJson(app: FastifyInstance, type: string): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (request, bytes, done) =>
    attempt(done, () => {
      const text = utf8Text(bytes)
      if (text.trim() === '') return done(null, undefined)
      return parse(request, text, (error, value) =>
        attempt(done, () => {
          if (error) throw error
          refuseNonText(text, value)
          done(null, value)
        }),
      )
    }),
  )
}

/** Reads form bodies as a flat object of texts; a repeated parameter is refused (RFC 6749, section 3.2). */
export function acceptForm(app: FastifyInstance): void {
  app.addContentTypeParser<Buffer>(FORM, { parseAs: 'buffer' }, (_request, bytes, done) =>
    attempt(done, () => done(null, fieldsOf([...new URLSearchParams(encodedText(utf8Text(bytes)))]))),
  )
}

/** Leaves form bodies as they are for who reads them by rules of its own. */
export function acceptFormAsText(app: FastifyInstance, bodyLimit: number): void {
  app.addContentTypeParser<Buffer>(FORM, { parseAs: 'buffer', bodyLimit }, (_request, bytes, done) =>
    attempt(done, () => done(null, encodedText(utf8Text(bytes)))),
  )
}

/** Reads `multipart/form-data` (RFC 7578) as a flat object of texts, in the same way; files are refused. */
export function acceptMultipart(app: FastifyInstance): void {
  app.addContentTypeParser<Buffer>('multipart/form-data', { parseAs: 'buffer' }, (request, bytes, done) => {
    multipartFields(String(request.headers['content-type']), bytes).then((fields) => done(null, fields), done)
  })
}

async function multipartFields(type: string, bytes: Buffer): Promise<Readonly<Record<string, string>>> {
  const form = new Response(utf8Text(bytes), { headers: { 'content-type': type } }).formData()
  const pairs = [...(await form.catch(refuseForm))]
  return fieldsOf(pairs.map(([name, value]) => [name, typeof value === 'string' ? value : refuseForm()]))
}

function refuseForm(cause?: unknown): never {
  throw new Fault(400, 'The body is no multipart form of texts.', { cause })
}

function fieldsOf(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Fault(400, 'A parameter is repeated.')
  return Object.fromEntries(pairs)
}

function attempt(done: Done, work: () => unknown): void {
  try {
    work()
  } catch (error) {
    done(error as Error)
  }
}
