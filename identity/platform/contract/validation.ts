import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { lazily } from './lazily.ts'

/** Bodies are taken as they are: nothing is converted, defaults are filled in, fields that the contract does not know are dropped. */
const body = ajv({ removeAdditional: 'all' })
/** Everything in an address is text, so numbers are read from it. */
const address = ajv({ coerceTypes: true })

function ajv(options: Options): Ajv2020 {
  const instance = new Ajv2020({ strict: false, validateSchema: false, useDefaults: true, ...options })
  addFormats.default(instance)
  return instance
}

/** What the contract takes for the e-mail address of a user. */
export const isAddress = body.compile<string>({ type: 'string', format: 'email', maxLength: 254 })

/** Validation by the contract for the routes of a scope. */
export function validateVault(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema, httpPart }) =>
    lazily(() => (httpPart === 'body' ? body : address).compile(schema as Readonly<Record<string, unknown>>)),
  )
}
