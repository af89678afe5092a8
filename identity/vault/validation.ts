import { Ajv, type Options } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { answerError } from './errors.ts'

const COMMON: Options = { useDefaults: true, strict: false }
const withFormats = addFormats as unknown as (ajv: Ajv) => Ajv
/** Bodies are taken as they are: no value is converted, and fields that the contract does not know are dropped. */
const body = withFormats(new Ajv({ ...COMMON, removeAdditional: 'all' }))
/** Everything in an address is text, so numbers are read from it. */
const address = withFormats(new Ajv({ ...COMMON, coerceTypes: true }))

/** Validation and error bodies of the contract for the routes of a plugin. */
export function speakVault(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? body : address).compile(schema))
  app.setErrorHandler(answerError)
}
