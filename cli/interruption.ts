import { PlumblineError } from '../config/errors.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { printFailure } from './failure.ts'
import type { Terminal } from './terminal.ts'

export const interrupted = (cause: unknown): PlumblineError =>
  new PlumblineError('REFUSED', 'interrupted', { cause, help: 'Run it again to continue.' })

const EXIT_OF = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const
type Signal = keyof typeof EXIT_OF

/** Signals this close together are one: npm passes Ctrl-C on to a process that has got it from the terminal already. */
const SAME_SIGNAL_MS = 500
/** What is under way when a signal comes may end in this time. */
const GRACE_MS = 4_000

/** The first process of a container: signals that it does not catch are not delivered to it. */
const IS_INIT = process.pid === 1

/** The first signal asks to stop; the second one, or the end of the grace, ends the process. */
export class Interruption {
  readonly #terminal: Terminal
  readonly #controller = new AbortController()
  #listening = false
  #outlives = false
  #first = 0
  #name: Signal = 'SIGINT'
  #grace: NodeJS.Timeout | undefined

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    if (IS_INIT) this.#listen()
  }

  get aborted(): boolean {
    return this.#controller.signal.aborted
  }

  /** Of a command that a signal has ended. */
  get exitCode(): ExitCode {
    return EXIT_OF[this.#name]
  }

  /** Signals are caught from the first use on: work that asks for none, e.g. reading documents, is ended by them at once. */
  get signal(): AbortSignal {
    this.#listen()
    return this.#controller.signal
  }

  outlive(): void {
    this.#outlives = true
    this.#listen()
  }

  /** The command has ended by itself. */
  end(): void {
    clearTimeout(this.#grace)
  }

  #listen(): void {
    if (!this.#listening) for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, this.#interrupt)
    this.#listening = true
  }

  #interrupt = (name: Signal): void => {
    if (this.aborted) {
      if (Date.now() - this.#first > SAME_SIGNAL_MS) die(name)
      return
    }
    this.#first = Date.now()
    this.#name = name
    if (!this.#outlives) this.#grace = setTimeout(() => this.#giveUp(name), GRACE_MS)
    this.#controller.abort(new DOMException(name, 'AbortError'))
  }

  #giveUp(name: Signal): void {
    printFailure(this.#terminal, interrupted(undefined))
    die(name)
  }
}

/** By the signal itself: `process.exit` would wait for a read that hangs in the operating system. */
function die(name: Signal): void {
  if (IS_INIT) process.exit(EXIT_OF[name])
  process.removeAllListeners(name)
  process.kill(process.pid, name)
}
