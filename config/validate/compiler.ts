import { Ajv, type CodeOptions, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { SAYS, type TSchema } from '../field.ts'

/** The compiler of checks. */
export function checkCompiler(code: CodeOptions): Ajv {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictTypes: false, strictRequired: false, code })
  ajv.addVocabulary(['x-plumbline', SAYS])
  formats.default(ajv)
  return ajv
}

let compiler: Ajv | undefined

/** Compiles the check of one schema, which takes milliseconds. */
export function compileCheck(schema: TSchema): ValidateFunction {
  // Optimizing the code of a check takes longer than running it over thousands of documents.
  compiler ??= checkCompiler({ optimize: false })
  return compiler.compile(schema)
}
