import type { ValidateFunction } from 'ajv'
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { contractSchemas } from '../contract/contracts.ts'

const COMMON: Options = { strict: false }

/** Bodies are taken as they are sent; the other parts are texts, so numbers and lists in them are read from text. */
export function useValidation(app: FastifyInstance): void {
  const body = withFormats({ ...COMMON, schemas: [...contractSchemas()] })
  const texts = withFormats({ ...COMMON, coerceTypes: 'array', useDefaults: true })
  app.setValidatorCompiler(({ schema, httpPart }) =>
    lazily(() => (httpPart === 'body' ? body : texts).compile(schema as object)),
  )
}

function withFormats(options: Options): Ajv2020 {
  const ajv = new Ajv2020(options)
  addFormats.default(ajv)
  return ajv
}

type Check = ((data: unknown) => boolean) & { errors: NonNullable<ValidateFunction['errors']> | null }

/** Compiles on first use: a start compiles nothing, and most schemas are never needed. */
function lazily(compile: () => ValidateFunction): Check {
  let validate: ValidateFunction | undefined
  const check = (data: unknown): boolean => {
    validate ??= compile()
    const good = validate(data)
    check.errors = validate.errors ?? null
    return good
  }
  check.errors = null as Check['errors']
  return check
}
