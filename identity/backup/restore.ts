import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { PlumblineError } from '../../config/errors.ts'
import { markOf } from '../crypto/derived-keys.ts'
import { sameHash } from '../crypto/hash.ts'
import type { Driver, Param, RunQuery } from '../store/driver.ts'
import { BACKUP_TABLES, type Header, macUnder, type Trailer, tablesIn } from './format.ts'

const ROWS_PER_STATEMENT = 200

export interface RestoreOptions {
  readonly masterKey: Uint8Array
  /** Deletes what the store holds; without it only an empty store is written. */
  readonly replace: boolean
  /** Told how many rows are read so far. */
  readonly onRows?: (rows: number) => void
}

/**
 * Puts a backup into a store, whichever database it came from: all of it or nothing. Returns the number of rows. Throws REFUSED when the
 * store is not empty, when the backup was made under another master key, or when it was changed or cut.
 */
export async function readBackup(driver: Driver, file: string, options: RestoreOptions): Promise<number> {
  try {
    return await driver.transaction('write', async (query) => {
      await makeRoom(query, options.replace)
      const target = new Target(query, options)
      await pipeline(createReadStream(file), createGunzip(), async (source: AsyncIterable<Buffer>) => {
        for await (const line of linesIn(source)) await target.take(line)
      })
      return target.finish()
    })
  } catch (cause) {
    if (cause instanceof PlumblineError) throw cause
    throw new PlumblineError('IO', `'${file}' cannot be read as a backup: ${(cause as Error).message}`, { cause })
  }
}

async function makeRoom(query: RunQuery, replace: boolean): Promise<void> {
  const [found] = await query('SELECT id FROM documents LIMIT 1', [])
  if (found && !replace)
    throw new PlumblineError('REFUSED', 'the store is not empty', {
      help: 'restore into an empty one, or delete what is there with --replace',
    })
  for (const { name } of BACKUP_TABLES) await query(`DELETE FROM ${name}`, [])
}

/** Lines end with a line feed alone: JSON leaves other separators of lines as they are. */
async function* linesIn(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') throw damaged()
}

/** Takes the lines of a file in their order. */
class Target {
  readonly #query: RunQuery
  readonly #options: RestoreOptions
  readonly #mac
  #tables: ReadonlyMap<string, readonly string[]> | undefined
  #trailer: Trailer | undefined
  #waiting: { readonly table: string; readonly rows: Param[][] } = { table: '', rows: [] }
  #rows = 0

  constructor(query: RunQuery, options: RestoreOptions) {
    this.#query = query
    this.#options = options
    this.#mac = macUnder(options.masterKey)
  }

  async take(line: string): Promise<void> {
    if (this.#trailer) throw damaged()
    const value = JSON.parse(line) as Header | Trailer | [table: string, ...values: Param[]]
    if (!this.#tables) this.#tables = this.#open(value as Header)
    else if (Array.isArray(value)) await this.#add(value)
    else this.#trailer = value as Trailer
    if (!this.#trailer) this.#mac.update(`${line}\n`)
  }

  /** Throws REFUSED unless the whole file came, as it was written. */
  async finish(): Promise<number> {
    await this.#flush()
    const mac = this.#mac.digest('base64url')
    if (this.#trailer?.rows !== this.#rows || !sameHash(this.#trailer.mac, mac)) throw damaged()
    return this.#rows
  }

  #open(header: Header): ReadonlyMap<string, readonly string[]> {
    const tables = tablesIn(header)
    if (!sameHash(header.master_key, markOf(this.#options.masterKey)))
      throw new PlumblineError('REFUSED', 'the backup was made under another master key', {
        help: 'put the master.key that belongs to the backup into the data folder first',
      })
    return tables
  }

  async #add([table, ...values]: [string, ...Param[]]): Promise<void> {
    if (table !== this.#waiting.table || this.#waiting.rows.length >= ROWS_PER_STATEMENT) {
      await this.#flush()
      this.#waiting = { table, rows: [] }
    }
    this.#waiting.rows.push(values)
    this.#rows += 1
    this.#options.onRows?.(this.#rows)
  }

  async #flush(): Promise<void> {
    const { table, rows } = this.#waiting
    if (rows.length === 0) return
    const columns = this.#tables?.get(table)
    if (!columns || rows.some((row) => row.length !== columns.length)) throw damaged()
    const row = `(${columns.map(() => '?').join(', ')})`
    await this.#query(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows.map(() => row).join(', ')}`,
      rows.flat(),
    )
  }
}

const damaged = () => new PlumblineError('REFUSED', 'the backup is damaged: it was changed or cut since it was written')
