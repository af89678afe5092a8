import type { TSchema } from 'typebox'
import type { JsonSchema } from '../../config/generate/editor.ts'
import { RESULTS } from './results.ts'
import { FAILURE } from './shapes.ts'

/** Definitions are referred to in URLs, which take no spaces. */
const definitionOf = (command: string): string => command.replaceAll(' ', '-')

/**
 * What commands print with `--format json` (JSON Schema, draft 7): `#/definitions/<command>` is its result, and
 * `#/definitions/failure` what any of them prints instead. Later releases may add fields.
 */
export function outputSchema(): JsonSchema {
  const all: readonly (readonly [string, TSchema])[] = [...Object.entries(RESULTS), ['failure', FAILURE]]
  const definitions = Object.fromEntries(all.map(([command, schema]) => [definitionOf(command), plainOf(schema)]))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Output of plumbline --format json',
    anyOf: Object.keys(definitions).map((name) => ({ $ref: `#/definitions/${name}` })),
    definitions,
  }
}

/** Without the marks that the library keeps beside the keywords. */
const plainOf = (schema: TSchema): JsonSchema => JSON.parse(JSON.stringify(schema)) as JsonSchema
