import { isRecord, type JsonObject } from '../../config/json.ts'
import { type ContractName, resolveSchema } from '../platform/contract/contracts.ts'

/**
 * Lays what was sent over what is stored: sent fields change, others keep, objects merge field by field, lists are replaced whole.
 * Fields that the schema does not know are dropped. `sent` has passed validation.
 */
export function mergeBySchema(contract: ContractName, schema: JsonObject, stored: unknown, sent: unknown): unknown {
  const { properties, additional, items } = resolveSchema(contract, schema)
  if (Array.isArray(sent)) return sent.map((item) => mergeBySchema(contract, items, undefined, item))
  if (!isRecord(sent)) return sent
  const old = isRecord(stored) ? stored : {}
  const merged = Object.entries(sent).flatMap(([key, value]): [string, unknown][] => {
    const field = Object.hasOwn(properties, key) ? properties[key] : additional
    if (field === undefined) return []
    return [[key, mergeBySchema(contract, field, Object.hasOwn(old, key) ? old[key] : undefined, value)]]
  })
  return { ...old, ...Object.fromEntries(merged) }
}
