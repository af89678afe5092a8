import type { Index } from './references.ts'
import type { Pointer, Resource } from './resource.ts'

/** A day of the calendar in UTC: `YYYY-MM-DD`. */
export type Day = string

export const dayOf = (time: Date): Day => time.toISOString().slice(0, 10)

/** Of the calendar, not only of the form. */
export function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && dayOf(time) === text
}

/** What may differ from a document on some day. */
export interface Excepted {
  /** Fields of the spec; the empty text is all of it. */
  readonly fields: readonly Pointer[]
  readonly until: Day
  readonly reason: string
}

interface Written extends Partial<Omit<Excepted, 'until'>> {
  readonly object?: { readonly kind?: unknown; readonly name?: unknown }
  readonly until?: unknown
}

/** What the DriftExceptions beside a document let differ on a day, its last one included. A broken one says nothing. */
export function exceptedOn(today: Day, { kind, metadata }: Resource, index: Index): readonly Excepted[] {
  return index.all('DriftException', metadata.namespace).flatMap(({ spec }) => {
    const { object, until, fields = [''], reason = '' } = spec as Written
    const isMeant = object?.kind === kind && object.name === metadata.name
    if (!isMeant || typeof until !== 'string' || !isDay(until) || until < today) return []
    return Array.isArray(fields) ? [{ fields, until, reason }] : []
  })
}
