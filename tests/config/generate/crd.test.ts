import { describe, expect, it } from 'vitest'
import { choice, int, list, map, nullable, object, text } from '../../../config/field.ts'
import { crdOf } from '../../../config/generate/crd.ts'
import { structural } from '../../../config/generate/structural.ts'
import { isRecord, type JsonObject } from '../../../config/json.ts'
import { KINDS } from '../../../config/kinds/index.ts'

/** Every schema node below a node, with its path. */
function nodes(schema: JsonObject, path: string): [string, JsonObject][] {
  const children: [string, unknown][] = [
    ...Object.entries((schema.properties ?? {}) as JsonObject),
    ['[]', schema.items],
    ['*', schema.additionalProperties],
  ]
  const below = children.filter((c): c is [string, JsonObject] => isRecord(c[1]))
  return [[path, schema], ...below.flatMap(([name, child]) => nodes(child, `${path}.${name}`))]
}

const BOUND: Readonly<Record<string, readonly string[]>> = {
  string: ['maxLength', 'enum'],
  integer: ['maximum', 'format'],
  array: ['maxItems'],
}
const FORBIDDEN = ['uniqueItems', '$ref', 'patternProperties', 'definitions']

const rootOf = (crd: JsonObject): JsonObject =>
  (crd.spec as { versions: { schema: { openAPIV3Schema: JsonObject } }[] }).versions[0]?.schema.openAPIV3Schema ?? {}
const bodyOf = (crd: JsonObject): [string, JsonObject][] => {
  const { spec, status } = (rootOf(crd).properties ?? {}) as Record<string, JsonObject>
  return [...nodes(spec ?? {}, 'spec'), ...nodes(status ?? {}, 'status')]
}

describe.each(KINDS.map((kind) => [kind.name, kind] as const))('the definition of %s', (_name, kind) => {
  const all = bodyOf(crdOf(kind))

  it('is structural: every node has a type', () => {
    expect(all.filter(([, node]) => node.type === undefined).map(([path]) => path)).toEqual([])
  })

  it('bounds every text, number, list and map, which the cost estimate of rules needs', () => {
    const unbounded = all.filter(([, node]) => {
      const keywords = isRecord(node.additionalProperties) ? ['maxProperties'] : BOUND[String(node.type)]
      return keywords !== undefined && !keywords.some((k) => k in node)
    })
    expect(unbounded.map(([path]) => path)).toEqual([])
  })

  it('uses no keyword that Kubernetes forbids', () => {
    const found = all.flatMap(([path, node]) => FORBIDDEN.filter((k) => k in node).map((k) => `${path} ${k}`))
    expect(found).toEqual([])
  })

  it('describes every field', () => {
    expect(all.filter(([p, n]) => !p.endsWith('[]') && !p.endsWith('*') && !n.description).map(([p]) => p)).toEqual([])
  })

  it('carries the rules', () => {
    const carried = (all[0]?.[1]['x-kubernetes-validations'] ?? []) as { rule: string }[]
    expect(carried.map((v) => v.rule)).toEqual(kind.rules.map((r) => r.cel))
  })
})

describe('names', () => {
  it('are unique over all kinds', () => {
    const names = KINDS.flatMap((k) => [k.plural, ...k.shortNames])
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('structural', () => {
  it('says nullable', () => {
    expect(structural(nullable(int('n')))).toMatchObject({ type: 'integer', nullable: true })
  })

  it('makes a set of scalars', () => {
    expect(structural(list(text('t'), 'l'))).toMatchObject({ 'x-kubernetes-list-type': 'set' })
  })

  it('makes a set of objects atomic', () => {
    expect(structural(list(object({}, 'o'), 'l'))).toMatchObject({ 'x-kubernetes-list-type': 'atomic' })
  })

  it('keys a list', () => {
    const item = object({ required: { to: text('t') } }, 'o')
    expect(structural(list(item, 'l', { list: { key: 'to' } }))).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['to'],
    })
  })

  it('gives the values of a map their schema', () => {
    expect(structural(map(text('t'), 'm'))).toMatchObject({ additionalProperties: { type: 'string' } })
  })

  it('gives a choice the length of its longest name', () => {
    expect(structural(choice({ Short: '', Longer: '' }, 'c'))).toMatchObject({ maxLength: 6 })
  })

  it('makes a create-only field immutable', () => {
    expect(structural(text('t', { createOnly: true }))).toMatchObject({
      'x-kubernetes-validations': [{ rule: 'self == oldSelf' }],
    })
  })
})
