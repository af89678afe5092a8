import { isListSchema, isMapSchema, isObjectSchema, itemOf, metaOf, type TSchema, unwrap } from '../field.ts'

/** The schemas on the way to a pointer, the root first; shorter than the steps where the schema knows no such place. */
export function schemasTo(root: TSchema, steps: readonly string[]): readonly TSchema[] {
  const chain = [root]
  for (const step of steps) {
    const next = childOf(chain[chain.length - 1] as TSchema, step)
    if (next === undefined) break
    chain.push(next)
  }
  return chain
}

function childOf(schema: TSchema, step: string): TSchema | undefined {
  if (isObjectSchema(schema)) return propertiesOf(schema)[step]
  if (isMapSchema(schema)) return Object.values(patternsOf(schema))[0]
  return isListSchema(schema) ? itemOf(schema) : undefined
}

const propertiesOf = (schema: TSchema): Record<string, TSchema | undefined> =>
  (unwrap(schema) as unknown as { properties: Record<string, TSchema> }).properties

const patternsOf = (schema: TSchema): Record<string, TSchema> =>
  (unwrap(schema) as unknown as { patternProperties: Record<string, TSchema> }).patternProperties

/** Whether a place lies in a secret reference, itself included. What stands there is never shown. */
export const isSecretPlace = (root: TSchema, steps: readonly string[]): boolean =>
  schemasTo(root, steps).some((schema) => metaOf(schema).secret)
