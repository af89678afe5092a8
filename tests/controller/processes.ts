import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { COMMAND } from '../command.ts'
import type { Kube } from '../support/kube.ts'

/** One `plumbline controller` as a process. */
export interface Replica {
  readonly child: ChildProcess
  /** All that it has written so far, line by line. */
  readonly lines: readonly string[]
  /** Where it serves what it said so of, e.g. `metrics and probes`. Fails when it has not. */
  urlOf(what: string): string
}

/** Processes of `plumbline controller` on one cluster, with the rights of its administrator. */
export class Replicas {
  readonly #kubeconfig: string
  readonly #all: ChildProcess[] = []
  /** Those that lead or led, in order. */
  readonly leaders: ChildProcess[] = []

  private constructor(kubeconfig: string) {
    this.#kubeconfig = kubeconfig
  }

  static async on(kube: Kube, folder: string): Promise<Replicas> {
    const kubeconfig = join(folder, 'kubeconfig')
    await writeFile(kubeconfig, kube.configOf('admin').exportConfig(), { mode: 0o600 })
    return new Replicas(kubeconfig)
  }

  /** Starts one more; resolves when it follows the cluster. */
  async start(...args: readonly string[]): Promise<Replica> {
    const child = spawn(process.execPath, [...COMMAND, 'controller', '--admin-port', '0', ...args], {
      env: { ...process.env, KUBECONFIG: this.#kubeconfig },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#all.push(child)
    const lines: string[] = []
    const listed = Promise.withResolvers<void>()
    createInterface(child.stderr).on('line', (line) => {
      if (process.env.KUBE_LOG) console.log(child.pid, line)
      lines.push(line)
      if (line.includes('everything is listed')) listed.resolve()
      if (line.includes('this replica leads')) this.leaders.push(child)
    })
    child.once('close', (code) => listed.reject(new Error(`it ended with ${code}:\n${lines.join('\n')}`)))
    await listed.promise
    return { child, lines, urlOf: (what) => addressIn(lines, what) }
  }

  async stop(): Promise<void> {
    const running = this.#all.filter((child) => child.exitCode === null && child.signalCode === null)
    const ended = running.map((child) => once(child, 'close'))
    for (const child of running) child.kill('SIGKILL')
    await Promise.all(ended)
  }
}

function addressIn(lines: readonly string[], what: string): string {
  const url = lines.map((line) => new RegExp(`${what}.* on (http://[^" ]+)`).exec(line)?.[1]).find((u) => u)
  if (url === undefined) throw new Error(`it has not said where its ${what} is:\n${lines.join('\n')}`)
  return url
}
