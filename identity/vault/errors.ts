import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type Code, PlumblineError } from '../../config/errors.ts'

/** One entry of a 422 body (contract schema ValidationErrorBody). */
interface Detail {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

const STATUS: Partial<Readonly<Record<Code, number>>> = {
  REJECTED: 422,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
}

class InvalidRequest extends PlumblineError {
  readonly detail: Detail
  constructor(detail: Detail) {
    super('REJECTED', detail.msg)
    this.detail = detail
  }
}

/** 422 about one place of the request, e.g. `['body', 'pin_size']`. */
export const invalid = (loc: Detail['loc'], msg: string): PlumblineError =>
  new InvalidRequest({ loc, msg, type: 'value_error' })

/** Answers in the form of the contract (422 body, `x-recommended-errors`); what has no status there goes to the application. */
export function answerError(error: FastifyError | PlumblineError, _: FastifyRequest, reply: FastifyReply): unknown {
  if (error instanceof InvalidRequest) return reply.code(422).send({ detail: [error.detail] })
  if (error instanceof PlumblineError) return answerKnown(error, reply)
  if (error.validation) return reply.code(422).send({ detail: error.validation.map((v) => detailOf(error, v)) })
  if (error.statusCode === 400) return reply.code(422).send({ detail: [unreadable(error)] })
  if (error.statusCode && error.statusCode < 500) return reply.code(error.statusCode).send({ detail: error.message })
  throw error
}

function answerKnown(error: PlumblineError, reply: FastifyReply): unknown {
  const status = STATUS[error.code]
  if (status === undefined) throw error
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (status === 503) reply.header('retry-after', '1')
  return reply.code(status).send({ detail: error.message })
}

type Violation = NonNullable<FastifyError['validation']>[number]
const SOURCES: Readonly<Record<string, string>> = { querystring: 'query', params: 'path', headers: 'header' }

function detailOf(error: FastifyError, v: Violation): Detail {
  const source = error.validationContext ?? 'body'
  const path = v.instancePath.split('/').slice(1).map(segment)
  const missing = v.params.missingProperty === undefined ? [] : [String(v.params.missingProperty)]
  return { loc: [SOURCES[source] ?? source, ...path, ...missing], msg: v.message ?? 'is not valid', type: v.keyword }
}

const segment = (text: string): string | number =>
  /^\d+$/.test(text) ? Number(text) : text.replaceAll('~1', '/').replaceAll('~0', '~')

const unreadable = (error: FastifyError): Detail => ({ loc: ['body'], msg: error.message, type: 'json_invalid' })
