import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { PlumblineError } from '../../config/errors.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Terminal } from '../terminal.ts'
import { REPOSITORY, SCENE, STACK } from './scene.ts'

/** How many documents each operation of the engine was done to. */
export type Counts = Readonly<Record<string, number>>

/** One line of `pulumi --json`. */
interface EngineEvent {
  readonly resOutputsEvent?: { readonly metadata: { readonly op: string; readonly type: string } }
  readonly diagnosticEvent?: { readonly message: string; readonly severity: string }
}

const OURS = /^pulumi-nodejs:plumbline:(?!Finalizer$)/

/** The real engine on this repository's Pulumi.yaml, its state in the scene. */
export class Pulumi {
  readonly #engine: Engine
  readonly #terminal: Terminal
  readonly #signal: AbortSignal

  constructor(engine: Engine, terminal: Terminal, signal: AbortSignal) {
    this.#engine = engine
    this.#terminal = terminal
    this.#signal = signal
  }

  get command(): string {
    return this.#engine.command
  }

  /** Creates the stack when it is not there yet. */
  async openStack(): Promise<void> {
    await this.#run(['stack', 'select', '--create', STACK])
  }

  /** `pulumi up`; throws IO with what the engine complains about. */
  up = (...args: readonly string[]): Promise<Counts> => this.#run(['up', '--yes', '--skip-preview', '--json', ...args])

  /** Throws when a preview after a refresh finds anything to do. */
  async expectNoChanges(): Promise<void> {
    await this.#run(['preview', '--refresh', '--expect-no-changes'])
  }

  /** The state with its secrets, as JSON. It stays in memory. */
  async export(): Promise<string> {
    const child = this.#start(['stack', 'export', '--show-secrets'])
    const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)])
    if (code !== 0) throw failed('stack export', [errors.trim()])
    return output
  }

  async #run(args: readonly string[]): Promise<Counts> {
    const child = this.#start(args)
    const counts: Record<string, number> = {}
    const complaints: string[] = []
    createInterface(child.stdout).on('line', (line) => {
      const { resOutputsEvent: done, diagnosticEvent: said } = eventOf(line)
      if (done !== undefined && OURS.test(done.metadata.type))
        counts[done.metadata.op] = (counts[done.metadata.op] ?? 0) + 1
      if (said?.severity === 'error') complaints.push(said.message.trim())
    })
    const [errors, code] = await this.#terminal.stage(`pulumi ${args[0]}`, () =>
      Promise.all([text(child.stderr), ended(child)]),
    )
    if (code !== 0) throw failed(args[0] ?? '', complaints.length > 0 ? complaints : [errors.trim()])
    return counts
  }

  #start(args: readonly string[]) {
    return spawn(this.#engine.command, [...args, '--non-interactive', '--color', 'never'], {
      cwd: REPOSITORY,
      env: {
        ...this.#engine.env,
        PULUMI_BACKEND_URL: `file://${SCENE.state}`,
        PULUMI_STACK: STACK,
        PLUMBLINE_PROJECT: SCENE.project,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: this.#signal,
      killSignal: 'SIGINT',
    })
  }
}

function eventOf(line: string): EngineEvent {
  try {
    return JSON.parse(line) as EngineEvent
  } catch {
    return {} // text for people between the events
  }
}

const ended = (child: ReturnType<typeof spawn>): Promise<number | null> =>
  new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', done)
  })

const failed = (what: string, complaints: readonly string[]): PlumblineError =>
  new PlumblineError('IO', `pulumi ${what} failed:\n${complaints.join('\n')}`, {
    help: 'Start anew with: npm start -- --fresh',
  })
