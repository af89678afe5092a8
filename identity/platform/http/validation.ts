import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { contractSchemas } from '../contract/contracts.ts'
import { lazily } from '../contract/lazily.ts'

/** A test checks the contracts' schemas against the language of schemas; a start does not do it again. */
const COMMON: Options = { strict: false, validateSchema: false }

/** Bodies are taken as they are sent; the other parts are texts, so numbers and lists in them are read from text. */
export function useValidation(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema, httpPart }) =>
    lazily(() => (httpPart === 'body' ? bodies() : texts()).compile(schema as object)),
  )
}

const bodies = once(() => withFormats({ ...COMMON, schemas: [...contractSchemas()] }))
const texts = once(() => withFormats({ ...COMMON, coerceTypes: 'array', useDefaults: true }))

/** Made on first use, then the same for every application of this process. */
function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

function withFormats(options: Options): Ajv2020 {
  const ajv = new Ajv2020(options)
  addFormats.default(ajv)
  return ajv
}
