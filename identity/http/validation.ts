import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { contractSchemas } from '../settings/contracts.ts'

const COMMON: Options = { strict: false }

/** Bodies are taken as they are sent; the other parts are texts, so numbers and lists in them are read from text. */
export function useValidation(app: FastifyInstance): void {
  const body = ajv(COMMON)
  const texts = ajv({ ...COMMON, coerceTypes: 'array', useDefaults: true })
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? body : texts).compile(schema as object))
}

function ajv(options: Options): Ajv2020 {
  const instance = new Ajv2020(options)
  addFormats.default(instance)
  for (const schema of contractSchemas()) instance.addSchema(schema)
  return instance
}
