import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Pool } from 'undici'
import { PLUMBLINE } from '../plumbline.ts'

const CONNECTIONS = 32
const TICKS_PER_SECOND = 100
const KIB_PER_MIB = 1024

/** A server in a process of its own, and a pool of connections to it. */
export interface Served {
  readonly url: string
  readonly pool: Pool
  /** Processor time that the process has used (Linux). */
  cpuSeconds(): number
  /** Memory that it holds now (Linux). */
  residentMiB(): number
  stop(): Promise<void>
}

export interface Runtime extends Served {
  /** Sends JSON with the administrator key; returns the answer's body. */
  admin<T>(method: Method, path: string, body?: unknown, over?: Pool): Promise<T>
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH'

/** The runtime as an operator starts it, with its store in `folder`, or in the database of a `postgres://` URL. It believes the load generator about addresses, so that each person has one. */
export async function startRuntime(folder: string, store?: string): Promise<Runtime> {
  const flags = ['--quiet', '--port', '0', '--data', folder, '--trusted-proxies', '127.0.0.1']
  const served = await start([...PLUMBLINE, 'serve', ...flags, ...(store === undefined ? [] : ['--store', store])])
  const key = readFileSync(join(folder, 'admin.key'), 'utf8').trim()
  const admin: Runtime['admin'] = async <T>(method: Method, path: string, body?: unknown, over = served.pool) => {
    const headers = { 'x-api-key': key, 'content-type': 'application/json' }
    const answer = await over.request({
      method,
      path,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 400) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return { ...served, admin }
}

/** Starts a script that prints `Serving on <url>`. */
export async function start(args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await addressIn(child)
  const pool = new Pool(url, { connections: CONNECTIONS })
  return {
    url,
    pool,
    cpuSeconds: () => cpuSeconds(child),
    residentMiB: () => residentMiB(child),
    stop: async () => {
      await pool.destroy()
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      await closed
    },
  }
}

async function addressIn({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('the server has no output')
  for await (const line of createInterface(stdout)) {
    const url = /^Serving on (\S+)$/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('the server ended before it was ready')
}

/** Fields 14 and 15 of proc(5) stat, behind the name in parentheses. */
function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function residentMiB({ pid }: ChildProcess): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kib) / KIB_PER_MIB)
}
