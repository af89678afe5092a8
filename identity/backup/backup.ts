import { createWriteStream } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { PlumblineError } from '../../config/errors.ts'
import { markOf } from '../crypto/derived-keys.ts'
import type { Driver, Param, Row, RunQuery } from '../store/driver.ts'
import { BACKUP_TABLES, type BackupTable, FORMAT, type Header, macUnder, NUMBERS, type Trailer } from './format.ts'

const PAGE = 500
const PRIVATE_FILE = 0o600

export interface BackupOptions {
  readonly masterKey: Uint8Array
  readonly now: Date
  /** Told how many rows are written so far. */
  readonly onRows?: (rows: number) => void
}

/**
 * Writes the whole store as it is at one moment to a new file (mode 0600), while others read and write. The master key is not in it. The
 * file appears whole or not at all. Returns the number of rows. Throws IO when the file is there already or cannot be written.
 */
export async function writeBackup(driver: Driver, file: string, options: BackupOptions): Promise<number> {
  const draft = `${file}.${process.pid}.draft`
  try {
    const rows = await driver.transaction('snapshot', (query) => write(query, draft, options))
    await link(draft, file)
    return rows
  } catch (cause) {
    if (cause instanceof PlumblineError) throw cause
    throw new PlumblineError('IO', `the backup cannot be written: ${(cause as Error).message}`, { cause })
  } finally {
    await rm(draft, { force: true })
  }
}

async function write(query: RunQuery, file: string, options: BackupOptions): Promise<number> {
  let rows = 0
  const count = (more: number) => {
    rows += more
    options.onRows?.(rows)
    return rows
  }
  const target = createWriteStream(file, { flags: 'wx', mode: PRIVATE_FILE, flush: true })
  await pipeline(Readable.from(linesOf(query, options, count)), createGzip(), target)
  return rows
}

/** Pieces of text that end with a line each. */
async function* linesOf(
  query: RunQuery,
  { masterKey, now }: BackupOptions,
  count: (more: number) => number,
): AsyncGenerator<string> {
  const mac = macUnder(masterKey)
  const signed = (values: readonly unknown[]): string => {
    const text = values.map((value) => `${JSON.stringify(value)}\n`).join('')
    mac.update(text)
    return text
  }
  yield signed([headerOf(masterKey, now)])
  for (const table of BACKUP_TABLES)
    for await (const page of pagesOf(query, table)) {
      count(page.length)
      yield signed(page.map((row) => [table.name, ...valuesOf(table, row)]))
    }
  const trailer: Trailer = { rows: count(0), mac: mac.digest('base64url') }
  yield `${JSON.stringify(trailer)}\n`
}

const headerOf = (masterKey: Uint8Array, now: Date): Header => ({
  plumbline: 'backup',
  format: FORMAT,
  created_at: now.toISOString(),
  master_key: markOf(masterKey),
  tables: Object.fromEntries(BACKUP_TABLES.map(({ name, columns }) => [name, columns])),
})

async function* pagesOf(query: RunQuery, { name, columns, key }: BackupTable): AsyncGenerator<readonly Row[]> {
  const places = key.map(() => '?').join(', ')
  const select = `SELECT ${columns.join(', ')} FROM ${name}`
  const order = `ORDER BY ${key.join(', ')} LIMIT ${PAGE}`
  let page = await query(`${select} ${order}`, [])
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    yield page
    const after = key.map((column) => plain(column, last as Row))
    page = await query(`${select} WHERE (${key.join(', ')}) > (${places}) ${order}`, after)
  }
}

const valuesOf = ({ columns }: BackupTable, row: Row): Param[] => columns.map((column) => plain(column, row))

function plain(column: string, row: Row): Param {
  const value = row[column] as Param
  return value !== null && NUMBERS.has(column) ? Number(value) : value
}
