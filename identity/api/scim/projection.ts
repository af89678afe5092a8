import { isRecord } from '../../../config/json.ts'
import { type Definition, locate, type ScimResource } from '../../directory/scim/schemas.ts'

const MAX_NAMES = 100
const ALWAYS = ['schemas', 'id']

export interface AttributeSelection {
  readonly attributes?: string | null
  readonly excludedAttributes?: string | null
}
type Paths = readonly (readonly string[])[]

/**
 * The part of a resource that was asked for (RFC 7644, section 3.9): `attributes` wins over `excludedAttributes`; `id` and
 * `schemas` are always there; unknown names mean nothing.
 */
export function projected(definition: Definition, resource: ScimResource, selection: AttributeSelection): ScimResource {
  if (selection.attributes)
    return picked(resource, [...ALWAYS.map((k) => [k]), ...paths(definition, selection.attributes)])
  if (!selection.excludedAttributes) return resource
  const excluded = paths(definition, selection.excludedAttributes).filter(([key]) => !ALWAYS.includes(key ?? ''))
  return without(resource, excluded)
}

const paths = (definition: Definition, names: string): Paths =>
  names
    .split(',', MAX_NAMES)
    .map((name) => locate(definition, name.trim())?.keys)
    .filter((keys) => keys !== undefined)

const below = (all: Paths, key: string): Paths => all.filter(([k]) => k === key).map(([, ...rest]) => rest)

function picked(value: ScimResource, wanted: Paths): ScimResource {
  const kept = Object.entries(value).flatMap(([key, v]) => {
    const rests = below(wanted, key)
    if (rests.length === 0) return []
    return [[key, rests.some((rest) => rest.length === 0) ? v : inside(v, (item) => picked(item, rests))]]
  })
  return Object.fromEntries(kept)
}

function without(value: ScimResource, excluded: Paths): ScimResource {
  const kept = Object.entries(value).flatMap(([key, v]) => {
    const rests = below(excluded, key)
    if (rests.some((rest) => rest.length === 0)) return []
    return [[key, rests.length === 0 ? v : inside(v, (item) => without(item, rests))]]
  })
  return Object.fromEntries(kept)
}

function inside(value: unknown, change: (item: ScimResource) => ScimResource): unknown {
  if (Array.isArray(value)) return value.map((item) => inside(item, change))
  return isRecord(value) ? change(value) : value
}
