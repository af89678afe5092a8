import { type Kind, specOf } from '../kind.ts'
import { API_VERSION } from '../resource.ts'

/** A JSON Schema (draft 7, which editors know best) as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>

const DRAFT = 'http://json-schema.org/draft-07/schema#'
const LABELS = { type: 'object', additionalProperties: { type: 'string' } }

const metadata: JsonSchema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: {
      type: 'string',
      description: 'Name of the document; unique among the documents of its kind.',
      pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
      maxLength: 253,
    },
    namespace: { type: 'string', maxLength: 63 },
    labels: LABELS,
    annotations: LABELS,
  },
}

/** What an editor needs to complete and check a document of the kind. Rules across fields are left to `plumbline validate`. */
export function editorSchemaOf(kind: Kind): JsonSchema {
  return { $schema: DRAFT, ...documentSchema(kind) }
}

/** One schema for files that hold any kinds. */
export function editorBundle(kinds: readonly Kind[]): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'Plumbline documents',
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: { apiVersion: { const: API_VERSION }, kind: { enum: kinds.map((k) => k.name) } },
    allOf: kinds.map((kind) => ({
      if: { properties: { kind: { const: kind.name } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema, never awaited
      then: { $ref: `#/definitions/${kind.name}` },
    })),
    definitions: Object.fromEntries(kinds.map((kind) => [kind.name, documentSchema(kind)])),
  }
}

function documentSchema(kind: Kind): JsonSchema {
  return {
    title: kind.name,
    description: kind.description,
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { const: API_VERSION },
      kind: { const: kind.name },
      metadata,
      spec: withoutFacts(specOf(kind)),
    },
  }
}

/** The schema without the facts that mean nothing to an editor. */
function withoutFacts(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutFacts)
  if (typeof node !== 'object' || node === null) return node
  const kept = Object.entries(node).filter(([key]) => !key.startsWith('x-'))
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutFacts(value)]))
}
