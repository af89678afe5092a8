import { dirname } from 'node:path'
import standalone from 'ajv/dist/standalone/index.js'
import type { Plugin } from 'esbuild'
import { KINDS } from '../config/kinds/index.ts'
import { projectSchema } from '../config/project/schema.ts'
import { checkCompiler } from '../config/validate/compiler.ts'
import { documentSchema } from '../config/validate/document.ts'

/** A module in place of config/validate/compiled.ts: the checks of every kind and of the project file, as ajv writes them. */
export function checksModule(): string {
  const schemas = [
    ...KINDS.map((kind) => [kind.name, documentSchema(kind)] as const),
    ['Project', projectSchema] as const,
  ]
  const ajv = checkCompiler({ source: true, esm: true })
  for (const [name, schema] of schemas) ajv.addSchema(schema, name)
  const code = standalone.default(ajv, Object.fromEntries(schemas.map(([name]) => [name, name])))
  return `${code}\nexport const COMPILED = { ${schemas.map(([name]) => name).join(', ')} }\n`
}

/** Puts the compiled checks into a bundle. */
export const COMPILED_CHECKS: Plugin = {
  name: 'compiled-checks',
  setup({ onLoad }) {
    onLoad({ filter: /config\/validate\/compiled\.ts$/ }, ({ path }) => ({
      contents: checksModule(),
      loader: 'js',
      resolveDir: dirname(path),
    }))
  },
}
