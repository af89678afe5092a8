import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { PlumblineError } from '../../config/errors.ts'
import { type Driver, type Row, type RunQuery, type SqlStatement, UniqueViolation } from './driver.ts'
import { OLDEST, type SqlDialect, stepsAfter, VERSION } from './schema.ts'

/** How long a write waits for other processes in all. */
const BUSY_MILLISECONDS = 10_000
const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600
const BUSY = 5
/** The lowest byte of an extended result code is the code. */
const CODE = 0xff
/** How long one call may wait for another process: nothing else is served meanwhile. Between calls others are. */
const WAIT_MILLISECONDS = 50
const PAUSE_MILLISECONDS = 25
const DIALECT: SqlDialect = { keyType: 'TEXT', rows: 'WITHOUT ROWID', place: 'instr' }
/** Statements that stay prepared; filters of callers make new ones without end. */
const PREPARED = 500
const UNIQUE_CODES: ReadonlySet<unknown> = new Set([1555, 2067])

/**
 * The database of one machine: a SQLite file in `folder`, which is made when missing. Several processes may open it at once.
 * Throws IO when the folder cannot be used.
 */
export async function openSqlite(folder: string): Promise<Driver> {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
    const { DatabaseSync } = loadSqlite()
    const file = join(folder, 'plumbline.db')
    closeToOthers(file)
    const db = new DatabaseSync(file, { timeout: BUSY_MILLISECONDS })
    // FULL: in WAL mode only then is a commit on the disk before it is acknowledged.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    migrate(db)
    db.exec(`PRAGMA busy_timeout = ${WAIT_MILLISECONDS}`)
    return sqliteDriver(db)
  } catch (cause) {
    throw new PlumblineError('IO', `the store in '${folder}' cannot be opened: ${(cause as Error).message}`, { cause })
  }
}

/** A database of this process alone, which nobody pays a disk for. */
export function openSqliteInMemory(): Driver {
  const { DatabaseSync } = loadSqlite()
  const db = new DatabaseSync(':memory:')
  migrate(db)
  return sqliteDriver(db)
}

/** Whatever the folder lets others do. SQLite gives the files beside the database the mode of the database, but leaves those that are there. */
function closeToOthers(file: string): void {
  closeSync(openSync(file, 'a', PRIVATE_FILE))
  for (const one of [file, `${file}-wal`, `${file}-shm`]) if (isOwn(one)) chmodSync(one, PRIVATE_FILE)
}

/** Only the owner of a file can close it. */
const isOwn = (file: string): boolean => existsSync(file) && statSync(file).uid === process.getuid?.()

/** Node announces its SQLite as experimental on first use; that one notice is dropped, every other warning passes. */
function loadSqlite(): typeof import('node:sqlite') {
  const emit = process.emitWarning
  const quiet = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature'))
      Reflect.apply(emit, process, [warning, ...rest])
  }
  process.emitWarning = quiet as typeof process.emitWarning
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emit
  }
}

/** The write lock is taken before the version is read, so of several starting processes one migrates. */
function migrate(db: DatabaseSync): void {
  transaction(db, () => {
    const { user_version: done } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    const oldest = done > VERSION ? Number(db.prepare(OLDEST).get()?.oldest) : 0
    const steps = stepsAfter(done, oldest, DIALECT)
    for (const sql of steps.flat()) db.exec(sql)
    db.exec(`PRAGMA user_version = ${done + steps.length}`)
  })
}

function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

async function longTransaction<T>(db: DatabaseSync, begin: string, work: () => Promise<T>): Promise<T> {
  await patiently(() => db.exec(begin))
  try {
    const result = await work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

/** A reading transaction of the write-ahead log sees the moment of its first read. */
const BEGIN = { snapshot: 'BEGIN DEFERRED', write: 'BEGIN IMMEDIATE' } as const

function sqliteDriver(db: DatabaseSync): Driver {
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? db.prepare(sql)
    if (statements.size >= PREPARED) statements.clear()
    statements.set(sql, statement)
    return statement
  }
  const run = ([sql, params]: SqlStatement): readonly Row[] => prepare(sql).all(...params)
  const runGroup = ([first, ...rest]: readonly SqlStatement[]): readonly Row[] => {
    const rows = first ? run(first) : []
    if (rows.length > 0) rest.forEach(run)
    return rows
  }
  const query: RunQuery = (sql, params) => patiently(() => run([sql, params]))
  return {
    dialect: DIALECT,
    query,
    transaction: (mode, work) => longTransaction(db, BEGIN[mode], () => work(query)),
    batch: (groups) => patiently(() => transaction(db, () => groups.map(runGroup))),
    close: async () => db.close(),
  }
}

/** Tries again while another process writes: a statement that was refused for that has changed nothing. */
async function patiently<T>(work: () => T): Promise<T> {
  for (let waited = 0; ; waited += WAIT_MILLISECONDS + PAUSE_MILLISECONDS) {
    try {
      return refusing(work)
    } catch (error) {
      const passes = error instanceof PlumblineError && error.code === 'UNAVAILABLE'
      if (!passes || waited >= BUSY_MILLISECONDS) throw error
    }
    await setTimeout(PAUSE_MILLISECONDS)
  }
}

function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const { errcode = 0, message } = cause as { errcode?: number; message: string }
    if (UNIQUE_CODES.has(errcode)) throw new UniqueViolation('taken', { cause })
    if ((errcode & CODE) === BUSY)
      throw new PlumblineError('UNAVAILABLE', 'the store is busy', { cause, retry: 'backoff' })
    throw new PlumblineError('IO', `the store failed: ${message}`, { cause })
  }
}
