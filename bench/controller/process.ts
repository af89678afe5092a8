import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** How a controller is started; its metrics are on the port. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly metricsUrl: string
}

/** Asking takes the controller some milliseconds each time. */
const POLL_MS = 500
const KIB_PER_MIB = 1_024
/** Clock ticks per second in /proc, on every Linux. */
const TICKS = 100

/** A controller in a process of its own, seen from outside: by its metrics, which have the same names everywhere, and by /proc. */
export class ControllerProcess {
  readonly #child: ChildProcess
  readonly #metricsUrl: string

  constructor({ file, args, env, metricsUrl }: Command) {
    this.#child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', process.env.KUBE_LOG ? 'inherit' : 'ignore'],
    })
    this.#metricsUrl = metricsUrl
  }

  /** Sums over all labels, by name of the metric; empty while it does not answer. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>()
    const answer = await fetch(this.#metricsUrl).catch(() => undefined)
    for (const line of ((await answer?.text()) ?? '').split('\n')) {
      const [, name, value] = /^(\w+)(?:\{.*\})? (\S+)$/.exec(line) ?? []
      if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value))
    }
    return sums
  }

  async reconciles(): Promise<number> {
    return (await this.metrics()).get('controller_runtime_reconcile_total') ?? 0
  }

  /** Resolves when that many reconciles are done and nothing waits for a worker. */
  async settled(reconciles: number): Promise<void> {
    for (;;) {
      const seen = await this.metrics()
      const busy = (seen.get('workqueue_depth') ?? 0) + (seen.get('controller_runtime_active_workers') ?? 0)
      if ((seen.get('controller_runtime_reconcile_total') ?? 0) >= reconciles && busy === 0) return
      if (this.#child.exitCode !== null) throw new Error(`the controller ended with code ${this.#child.exitCode}`)
      await delay(POLL_MS)
    }
  }

  /** Highest resident memory so far. */
  get peakMiB(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / KIB_PER_MIB)
  }

  /** Processor time so far, user and system. */
  get cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS
  }

  async stop(): Promise<void> {
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    await closed
  }
}
