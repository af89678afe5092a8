import { isRecord, type JsonObject } from '../json.ts'
import { escapeStep } from '../references.ts'
import { API_VERSION, type Diagnostic, type Pointer, type Resource, type Spec } from '../resource.ts'
import type { SourceDocument } from './parse.ts'
import { didYouMean, nearest } from './suggest.ts'

/** Documents that may lie in a folder of ours although they are none of our resources. */
const PASSED_OVER: readonly { readonly group: string; readonly kind: string }[] = [
  { group: 'kustomize.config.k8s.io', kind: 'Kustomization' },
  { group: 'plumbline.dev', kind: 'Project' },
]
const GROUP = 'plumbline.dev'
const FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'] as const

interface Mistake {
  readonly at: Pointer
  readonly part?: 'key'
  readonly message: string
}

/** Whether a document may lie in a folder of ours although it is none of our resources. */
export const isPassedOver = (value: unknown): boolean =>
  isRecord(value) && PASSED_OVER.some((p) => value.kind === p.kind && groupOf(value) === p.group)

/** The resource that a document describes, a diagnostic when it is none, nothing for documents to pass over. */
export function toResource({ value, origin }: SourceDocument): Resource | Diagnostic | undefined {
  if (isPassedOver(value)) return undefined
  const mistake = findMistake(value)
  if (mistake)
    return {
      severity: 'error',
      code: 'INVALID_DOCUMENT',
      pointer: mistake.at,
      message: mistake.message,
      ...origin.locate(mistake.at, mistake.part),
    }
  const resource = value as JsonObject & Resource
  return { ...resource, spec: resource.spec ?? ({} as Spec), origin }
}

const groupOf = (value: JsonObject): string => String(value.apiVersion).split('/')[0] ?? ''

function findMistake(value: unknown): Mistake | undefined {
  if (!isRecord(value))
    return { at: '', message: 'a document is a map with apiVersion, kind, metadata and spec; this is not a map' }
  return [misspeltField, apiVersionMistake, kindMistake, metadataMistake, fieldMistake]
    .map((find) => find(value))
    .find((m) => m !== undefined)
}

/** A field that lacks only because its name is misspelt. */
function misspeltField(value: JsonObject): Mistake | undefined {
  const lacking = FIELDS.filter((field) => !(field in value))
  const isOurs = nearest(groupOf(value), [GROUP]) !== undefined || !('apiVersion' in value)
  return Object.keys(value).some((key) => isOurs && nearest(key, lacking) !== undefined)
    ? fieldMistake(value)
    : undefined
}

function apiVersionMistake(value: JsonObject): Mistake | undefined {
  const { apiVersion } = value
  if (apiVersion === API_VERSION) return undefined
  if (apiVersion === undefined)
    return { at: '', message: `apiVersion is missing; every document starts with \`apiVersion: ${API_VERSION}\`` }
  const group = groupOf(value)
  if (nearest(group, [GROUP]) !== undefined)
    return { at: '/apiVersion', message: `unknown apiVersion; write ${API_VERSION}` }
  return {
    at: '/apiVersion',
    message: 'this is not a document of Plumbline; move it out of the folders that the project names',
  }
}

function kindMistake({ kind }: JsonObject): Mistake | undefined {
  if (kind === undefined) return { at: '', message: 'kind is missing' }
  return typeof kind === 'string' ? undefined : { at: '/kind', message: 'kind has to be a text' }
}

function metadataMistake({ metadata }: JsonObject): Mistake | undefined {
  if (metadata === undefined) return { at: '', message: 'metadata is missing; write `metadata: {name: ...}`' }
  if (!isRecord(metadata)) return { at: '/metadata', message: 'metadata has to be a map with a name' }
  if (metadata.name === undefined) return { at: '/metadata', message: 'metadata.name is missing' }
  return typeof metadata.name === 'string'
    ? undefined
    : { at: '/metadata/name', message: 'metadata.name has to be a text; put it in quotes' }
}

function fieldMistake(value: JsonObject): Mistake | undefined {
  const unknown = Object.keys(value).find((key) => !FIELDS.some((field) => field === key))
  if (unknown === undefined) return 'spec' in value ? undefined : { at: '', message: 'spec is missing' }
  return {
    at: `/${escapeStep(unknown)}`,
    part: 'key',
    message: `unknown field ${JSON.stringify(unknown)}${didYouMean(unknown, FIELDS)}`,
  }
}
