import { createHash } from 'node:crypto'
import type { Param, SqlStatement } from './driver.ts'
import { encodeKey, sortableNumber } from './encoding.ts'
import type { Collection, Term, TermValue } from './store.ts'

const WHOLE_CHARACTERS = 256
const ROWS_PER_STATEMENT = 100
const COLUMNS = ['collection', 'scope', 'field', 'value', 'id', 'item'] as const
const ROW = `(${COLUMNS.map(() => '?').join(', ')})`
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are kept out of texts so that they can mark what is no text
const CONTROL = /[\u0000-\u001f]/g

/**
 * A value as text whose byte order is the order of the values. What a text does not hold is marked by control characters: '' is an
 * item without value, \u0001 stands before numbers and booleans, \u0002 is the empty text, \u0003 ends a shortened one.
 */
export function encodeTerm(value: TermValue | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return `\u0001${sortableNumber(value)}`
  if (typeof value === 'boolean') return `\u0001${value}`
  return shortened(storableText(value)) || '\u0002'
}

/** A text, or a part of one, as databases can hold and compare it. */
export const storableText = (text: string): string => text.toWellFormed().replace(CONTROL, '\ufffd')

function shortened(text: string): string {
  if (text.length <= WHOLE_CHARACTERS) return text
  const digest = createHash('sha256').update(text).digest('base64url')
  return `${text.slice(0, WHOLE_CHARACTERS).toWellFormed()}\u0003${digest}`
}

const keyOf = (row: readonly Param[]) => JSON.stringify(row)

/** What has to be written so that the terms of a document become those of `value`. `scope` as it is stored. */
export function termChanges<T>(c: Collection<T>, scope: string, old: T | undefined, value: T): SqlStatement[] {
  const [before, after] = [rowsOf(c, scope, old), rowsOf(c, scope, value)]
  const gone = [...before].filter(([key]) => !after.has(key)).map(([, row]) => row)
  const fresh = [...after].filter(([key]) => !before.has(key)).map(([, row]) => row)
  return [...gone.map((row): SqlStatement => [REMOVE, row]), ...insertion(fresh)]
}

const REMOVE = `DELETE FROM terms WHERE ${COLUMNS.map((name) => `${name} = ?`).join(' AND ')}`

/** All terms of the document are made again, whatever there was. */
export const termsAgain = <T>(c: Collection<T>, scope: string, value: T): SqlStatement[] => [
  removal(c, scope, encodeKey(c.id(value))),
  ...termChanges(c, scope, undefined, value),
]

/** Removes all terms of a document; `scope` and `id` as they are stored. */
export const removal = <T>(c: Collection<T>, scope: string, id: string): SqlStatement => [
  'DELETE FROM terms WHERE id = ? AND scope = ? AND collection = ?',
  [id, scope, c.name],
]

function rowsOf<T>(c: Collection<T>, scope: string, value: T | undefined): Map<string, readonly Param[]> {
  if (value === undefined) return new Map()
  const id = encodeKey(c.id(value))
  const row = ({ field, value: v, item }: Term): readonly Param[] => [c.name, scope, field, encodeTerm(v), id, item]
  return new Map((c.terms?.of(value) ?? []).map((term) => [keyOf(row(term)), row(term)]))
}

function insertion(rows: readonly (readonly Param[])[]): SqlStatement[] {
  const starts = Array.from({ length: Math.ceil(rows.length / ROWS_PER_STATEMENT) }, (_, i) => i * ROWS_PER_STATEMENT)
  return starts.map((start) => {
    const part = rows.slice(start, start + ROWS_PER_STATEMENT)
    return [`INSERT INTO terms (${COLUMNS.join(', ')}) VALUES ${part.map(() => ROW).join(', ')}`, part.flat()]
  })
}
