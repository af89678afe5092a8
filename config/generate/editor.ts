import type { Kind } from '../kind.ts'
import { projectSchema } from '../project/schema.ts'
import { API_VERSION } from '../resource.ts'
import { documentSchema as checkedSchema } from '../validate/document.ts'
import { patchOf, VARIABLE_DEFINITIONS, withVariables } from './loosened.ts'

/** A JSON Schema (draft 7, which editors know best) as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>

const DRAFT = 'http://json-schema.org/draft-07/schema#'

/** What an editor needs to complete and check a document of the kind. Rules across fields are left to `plumbline validate`. */
export function editorSchemaOf(kind: Kind): JsonSchema {
  return { $schema: DRAFT, ...documentSchema(kind), definitions: VARIABLE_DEFINITIONS }
}

/** One schema for files that hold any kinds, and for the project file. */
export function editorBundle(kinds: readonly Kind[]): JsonSchema {
  const documents = new Map(kinds.map((kind) => [kind.name, documentSchema(kind)]))
  return bundled('Plumbline documents', ['apiVersion', 'kind'], new Map([...documents, ['Project', PROJECT]]))
}

/** One schema for overlays: documents that hold only what they change. */
export function overlayBundle(kinds: readonly Kind[]): JsonSchema {
  return bundled(
    'Overlays of Plumbline documents',
    ['kind', 'metadata'],
    new Map(kinds.map((k) => [k.name, overlayOf(k)])),
  )
}

/** The project file. */
export const projectEditorSchema = (): JsonSchema => ({ $schema: DRAFT, title: 'Plumbline project', ...PROJECT })

const PROJECT = withoutFacts(projectSchema) as JsonSchema

function bundled(title: string, required: readonly string[], byKind: ReadonlyMap<string, JsonSchema>): JsonSchema {
  return {
    $schema: DRAFT,
    title,
    type: 'object',
    required,
    properties: { apiVersion: { const: API_VERSION }, kind: { enum: [...byKind.keys()] } },
    allOf: [...byKind.keys()].map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema, never awaited
      then: { $ref: `#/definitions/${kind}` },
    })),
    definitions: { ...Object.fromEntries(byKind), ...VARIABLE_DEFINITIONS },
  }
}

function documentSchema(kind: Kind): JsonSchema {
  const { description: _, ...schema } = withoutFacts(checkedSchema(kind)) as JsonSchema
  return { title: kind.name, description: kind.description, ...loosened(schema, withVariables) }
}

function overlayOf(kind: Kind): JsonSchema {
  const { description: _, ...schema } = withoutFacts(checkedSchema(kind)) as JsonSchema
  const spec = (node: JsonSchema) => patchOf(withVariables(node))
  const required = ['kind', 'metadata']
  return { title: `Overlay of ${kind.name}`, description: kind.description, ...loosened(schema, spec), required }
}

/** The schema by which `plumbline validate` checks a document, with another one for its spec. */
function loosened(schema: JsonSchema, ofSpec: (node: JsonSchema) => JsonSchema): JsonSchema {
  const { metadata, spec, ...others } = schema.properties as Record<string, JsonSchema>
  const parts = { metadata: withVariables(metadata as JsonSchema), spec: ofSpec(spec as JsonSchema) }
  return { ...schema, properties: { ...others, ...parts } }
}

/** The schema without the facts that mean nothing to an editor. */
function withoutFacts(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutFacts)
  if (typeof node !== 'object' || node === null) return node
  const kept = Object.entries(node).filter(([key]) => !key.startsWith('x-'))
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutFacts(value)]))
}
