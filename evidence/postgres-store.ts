import { askOver, connectTo, type DatabaseQuery, type Layout, migrate, transaction } from '../reconciler/postgres.ts'
import type { ChainStore, Slot, Tail } from './store.ts'

const LAYOUT: Layout = {
  of: 'the evidence',
  table: 'plumbline_evidence_layout',
  steps: [
    `CREATE TABLE plumbline_evidence (scope TEXT NOT NULL, number BIGINT NOT NULL, line TEXT NOT NULL,
       PRIMARY KEY (scope, number));
     CREATE TABLE plumbline_evidence_keys (scope TEXT NOT NULL, slot TEXT NOT NULL, text TEXT NOT NULL,
       PRIMARY KEY (scope, slot))`,
  ],
}
/** Ends with its transaction, however that ends. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('plumbline evidence ' || $1, 0))`
const LAST = 'SELECT number, line FROM plumbline_evidence WHERE scope = $1 ORDER BY number DESC LIMIT 1'
const ADD = `INSERT INTO plumbline_evidence
  SELECT $1, $2 + number, line FROM unnest($3::text[]) WITH ORDINALITY AS added (line, number)`

/** A chain in a PostgreSQL database, which several machines share; `scope` says whose. Throws UNAVAILABLE. */
export class PostgresStore implements ChainStore {
  readonly place: string
  readonly #url: string
  readonly #scope: string

  constructor(url: string, scope: string) {
    this.#url = url
    this.#scope = scope
    this.place = `of ${scope} in PostgreSQL`
  }

  /** Whose chains a database holds. Throws UNAVAILABLE. */
  static async scopesIn(url: string): Promise<readonly string[]> {
    const rows = await asked(url, (query) => query('SELECT DISTINCT scope FROM plumbline_evidence ORDER BY scope'))
    return rows.map(({ scope }) => String(scope))
  }

  append(make: (tail: Tail) => Promise<readonly string[]>): Promise<void> {
    return this.#locked(async (query) => {
      const [last] = await query(LAST, [this.#scope])
      const lines = await make(last === undefined ? { torn: 0 } : { line: String(last.line), torn: 0 })
      await query(ADD, [this.#scope, last?.number ?? 0, lines])
    })
  }

  text(): Promise<string | undefined> {
    return this.#asked(async (query) => {
      const select = 'SELECT line FROM plumbline_evidence WHERE scope = $1 ORDER BY number'
      const rows = await query(select, [this.#scope])
      return rows.length === 0 ? undefined : rows.map(({ line }) => `${line}\n`).join('')
    })
  }

  read(slot: Slot): Promise<string | undefined> {
    return this.#asked((query) => this.#slot(query, slot))
  }

  change(slot: Slot, change: (before: string | undefined) => Promise<string>): Promise<string> {
    return this.#locked(async (query) => {
      const text = await change(await this.#slot(query, slot))
      const put = `INSERT INTO plumbline_evidence_keys VALUES ($1, $2, $3)
        ON CONFLICT (scope, slot) DO UPDATE SET text = EXCLUDED.text`
      await query(put, [this.#scope, slot, text])
      return text
    })
  }

  async #slot(query: DatabaseQuery, slot: Slot): Promise<string | undefined> {
    const select = 'SELECT text FROM plumbline_evidence_keys WHERE scope = $1 AND slot = $2'
    const [row] = await query(select, [this.#scope, slot])
    return row && String(row.text)
  }

  #locked<T>(work: (query: DatabaseQuery) => Promise<T>): Promise<T> {
    return this.#asked((query) =>
      transaction(query, async () => {
        await query(LOCK, [this.#scope])
        return work(query)
      }),
    )
  }

  #asked<T>(work: (query: DatabaseQuery) => Promise<T>): Promise<T> {
    return asked(this.#url, work)
  }
}

async function asked<T>(url: string, work: (query: DatabaseQuery) => Promise<T>): Promise<T> {
  const client = await connectTo(url, LAYOUT)
  try {
    const query = askOver(client, LAYOUT)
    await migrate(query, LAYOUT)
    return await work(query)
  } finally {
    await client.end()
  }
}
