import { readFile } from 'node:fs/promises'
import { PlumblineError } from '../../config/errors.ts'
import { isRecord, type JsonObject } from '../../config/json.ts'

/** The records of a file: a JSON list, an object with the list `users`, JSON Lines, or CSV by the name's ending. Throws IO, INVALID_DOCUMENT. */
export async function userRecordsIn(file: string): Promise<readonly JsonObject[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PlumblineError('IO', `${file} cannot be read`, { cause })
  })
  if (/\.csv$/i.test(file)) return table(text)
  const whole = json(text)
  if (whole !== undefined) return listIn(whole, file)
  return text
    .split(/\r?\n/)
    .map((line, i) => [line, i + 1] as const)
    .filter(([line]) => line.trim() !== '')
    .map(([line, number]) => {
      const record = json(line)
      if (!isRecord(record)) throw new PlumblineError('INVALID_DOCUMENT', `${file}:${number} is not a JSON object`)
      return record
    })
}

function listIn(whole: unknown, file: string): readonly JsonObject[] {
  const list = isRecord(whole) && Array.isArray(whole.users) ? whole.users : whole
  const records: readonly unknown[] = Array.isArray(list) ? list : [list]
  if (!records.every(isRecord)) throw new PlumblineError('INVALID_DOCUMENT', `${file} holds no list of users`)
  return records
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** RFC 4180: the first record names the fields; a field in quotes may hold commas, line breaks and doubled quotes. */
function table(text: string): readonly JsonObject[] {
  const [head = [], ...rows] = rowsOf(text.replace(/^\uFEFF/, ''))
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])))
}

const FIELD = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/y

function rowsOf(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  FIELD.lastIndex = 0
  while (FIELD.lastIndex < text.length) {
    const [, field = '', end] = FIELD.exec(text) ?? []
    if (end === undefined) throw new PlumblineError('INVALID_DOCUMENT', 'the file is not CSV: a quote is not closed')
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows.filter((fields) => fields.some((field) => field !== ''))
}
