import { spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Serving, serving } from '../../cli/serving.ts'
import { COMMAND } from '../../command.ts'

/** Real `plumbline serve` processes over one store. */
export interface Processes {
  readonly folder: string
  /** Starts a replica with a data folder of its own that holds the one master key. */
  start(...args: readonly string[]): Promise<Serving>
  /** The administrator key, once a process has started. */
  adminKey(): Promise<string>
  /** Kills what still runs. */
  close(): Promise<void>
}

/** `store`: a `postgres://` URL; default: SQLite in the data folder, which all processes share. */
export async function processesOver(store?: string): Promise<Processes> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-processes-'))
  const running: Serving[] = []
  const dataFolder = async (): Promise<string> => {
    const own = join(folder, store === undefined ? 'data' : `replica-${running.length}`)
    await mkdir(own, { recursive: true, mode: 0o700 })
    if (store !== undefined && running.length > 0)
      await copyFile(join(folder, 'replica-0', 'master.key'), join(own, 'master.key'))
    return own
  }
  return {
    folder,
    start: async (...args) => {
      const place = ['--data', await dataFolder(), ...(store === undefined ? [] : ['--store', store])]
      const child = spawn(process.execPath, [...COMMAND, 'serve', '--quiet', '--port', '0', ...place, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const served = await serving(child)
      running.push(served)
      return served
    },
    adminKey: async () =>
      (await readFile(join(folder, store === undefined ? 'data' : 'replica-0', 'admin.key'), 'utf8')).trim(),
    close: async () => {
      await Promise.all(
        running.map(({ child, stop }) => child.exitCode === null && child.signalCode === null && stop('SIGKILL')),
      )
      await rm(folder, { recursive: true, force: true })
    },
  }
}
