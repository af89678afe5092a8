import type { FieldMeta } from '../config/field.ts'
import type { Change } from './adapter.ts'

/** A number that grows with the value, in the sense of the field's direction; `undefined` where there is none. */
function sizeOf(meta: FieldMeta, value: unknown): number | undefined {
  if (meta.safer === 'fewer' || meta.safer === 'more') return countOf(value)
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  // The names of a choice with a direction are declared from weak to strong.
  const position = Object.keys(meta.values ?? {}).indexOf(String(value))
  return position < 0 ? undefined : position
}

/** An unset list restricts nothing, so it counts as longer than every other. */
function countOf(value: unknown): number | undefined {
  if (value === null) return Number.POSITIVE_INFINITY
  return Array.isArray(value) ? value.length : undefined
}

/** What a change does to the safety of logins, from the field's direction. Unknown values are neutral. */
export function impactOf(meta: FieldMeta, from: unknown, to: unknown): Change['impact'] {
  if (meta.safer === undefined) return 'neutral'
  const [a, b] = [sizeOf(meta, from), sizeOf(meta, to)]
  if (a === undefined || b === undefined || a === b) return 'neutral'
  return b > a === (meta.safer === 'up' || meta.safer === 'more') ? 'tightens' : 'weakens'
}
