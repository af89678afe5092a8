import { Document, visit, type YAMLMap } from 'yaml'
import { fieldsOf, isObjectSchema, type TSchema } from '../../config/field.ts'
import { specOf } from '../../config/kind.ts'
import { escaped } from '../../config/project/variables.ts'
import { API_VERSION, type Resource, type Spec } from '../../config/resource.ts'
import { escapeOf, HIDDEN } from '../../config/text/printable.ts'
import { quoted } from '../../config/text/yaml-text.ts'
import { minimal } from './minimal.ts'
import type { Names } from './names.ts'
import type { FoundObject } from './objects.ts'

/** A document that describes an existing object. */
export interface Exported {
  readonly kind: string
  readonly name: string
  readonly spec: Spec
  /** Fields that cannot be read, as references to fill in. */
  readonly unread: Readonly<Record<string, string>>
}

/** The document of an object, through the connection of that name. */
export function exported({ kind, observed }: FoundObject, connection: string, names: Names): Exported {
  const { tenant, key, id } = observed
  const name = names.give(kind.name, key === '' ? `${connection} ${kind.name}` : key)
  const spec = {
    connectionRef: { name: connection },
    ...(tenant === undefined ? {} : { tenantRef: tenantReference(tenant, names) }),
    ...(kind.shape === 'serverId' ? { externalRef: { id } } : {}),
    ...relations(
      observed.spec,
      kind.references.filter((r) => r.stored).map((r) => r.at.slice(1)),
    ),
    ...minimal(specOf(kind), observed.spec),
  }
  return { kind: kind.name, name, spec, unread: unreadOf(kind.spec, name, spec) }
}

function tenantReference(id: string, names: Names): Spec {
  const name = names.of('Tenant', id)
  return name === undefined ? { id } : { name }
}

const relations = (spec: Spec, fields: readonly string[]): Spec =>
  Object.fromEntries(fields.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])))

/** Secret fields by path, each with the reference that a person would write. */
function unreadOf(schema: TSchema, prefix: string, spec: unknown, path = ''): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { name, schema: s, meta } of fieldsOf(schema)) {
    const at = path === '' ? name : `${path}.${name}`
    const below = (spec as Spec | undefined)?.[name]
    if (meta.secret) found[at] = `{fromEnv: ${variable(prefix, at)}}`
    else if (isObjectSchema(s) && (below !== undefined || holdsSecretsOnly(s)))
      Object.assign(found, unreadOf(s, prefix, below, at))
  }
  return found
}

const holdsSecretsOnly = (schema: TSchema): boolean =>
  fieldsOf(schema).every(({ schema: s, meta }) => meta.secret || (isObjectSchema(s) && holdsSecretsOnly(s)))

const variable = (...words: readonly string[]): string =>
  words
    .join('_')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()

/** A document of an object as a person would write it: what the language reads as a variable is escaped. */
export const exportedResource = ({ kind, name, spec }: Exported): Resource => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name },
  spec: escaped(spec) as Spec,
})

/** Documents as one YAML stream; what could not be read stands below each as a comment. */
export const toYaml = (documents: readonly Exported[]): string => documents.map(yamlOf).join('---\n').trimEnd()

function yamlOf(exported: Exported): string {
  const document = new Document(exportedResource(exported), { aliasDuplicateObjects: false })
  visit(document, { Scalar: (_, scalar) => quoted(scalar) })
  const lines = Object.entries(exported.unread).map(([path, reference]) => `   ${path}: ${reference}`)
  if (lines.length > 0) {
    const map = document.get('spec') as YAMLMap
    map.comment = [' Secrets cannot be read; name those that are to be managed:', ...lines].join('\n')
  }
  return document.toString({ lineWidth: 120 }).replace(HIDDEN, inQuotes)
}

/** Beyond the basic plane YAML has one escape, where JSON has two. */
const inQuotes = (character: string): string =>
  character.length === 1 ? escapeOf(character) : `\\U${character.codePointAt(0)?.toString(16).padStart(8, '0')}`
