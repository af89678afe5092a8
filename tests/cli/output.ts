import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import type { ResultName } from '../../cli/output/results.ts'

const FILE = new URL('../../config/schema/output.schema.json', import.meta.url)
const PUBLISHED = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly definitions: Readonly<Record<string, Schema>> }

/** The published schema lets later releases add fields; here a field that it does not name is a mistake. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed)
  if (typeof node !== 'object' || node === null) return node
  const inside = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]))
  return 'properties' in node ? { ...inside, additionalProperties: false } : inside
}

/**
 * The one JSON value that a command printed, checked against the published schema by a validator that shares nothing
 * with ours. Throws when it is not one value, or another one.
 */
export function outputOf(name: ResultName | 'failure', stdout: string): unknown {
  const definition = PUBLISHED.definitions[name.replaceAll(' ', '-')]
  if (definition === undefined) throw new Error(`the published schema says nothing about ${name}`)
  const value: unknown = JSON.parse(stdout)
  const { errors } = new Validator(closed(definition) as Schema, '7', false).validate(value)
  if (errors.length > 0) throw new Error(JSON.stringify(errors.map((e) => [e.instanceLocation, e.error])))
  return value
}
