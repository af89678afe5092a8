import type { FieldMeta } from '../config/field.ts'
import type { Change } from './adapter.ts'

const size = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  return undefined
}

const count = (value: unknown): number | undefined => (Array.isArray(value) ? value.length : undefined)

/** What a change does to the safety of logins, from the field's direction. Unknown values are neutral. */
export function impactOf(meta: FieldMeta, from: unknown, to: unknown): Change['impact'] {
  if (meta.safer === undefined) return 'neutral'
  const measure = meta.safer === 'fewer' || meta.safer === 'more' ? count : size
  const [a, b] = [measure(from), measure(to)]
  if (a === undefined || b === undefined || a === b) return 'neutral'
  const grows = b > a
  return grows === (meta.safer === 'up' || meta.safer === 'more') ? 'tightens' : 'weakens'
}
