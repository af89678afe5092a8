import { type Command, Option } from 'commander'
import { PlumblineError } from '../config/errors.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { printFailure } from './failure.ts'
import { FORMATS, type Format, Terminal } from './terminal.ts'

/** What a command gets besides its own options. */
export interface Run {
  readonly terminal: Terminal
  /** Aborts on the first Ctrl-C or SIGTERM; the message of its reason names the signal. */
  readonly signal: AbortSignal
}

export interface OutputOptions {
  readonly format: Format
  readonly quiet?: true
}

export type Handler<O> = (run: Run, options: O & OutputOptions, args: readonly string[]) => Promise<ExitCode>

/** Adds the options that every command has, and runs the handler with its errors printed and its exit code set. */
export function handle<O>(command: Command, handler: Handler<O>): void {
  command
    .addOption(new Option('--format <format>', 'how results are written').choices(FORMATS).default('text'))
    .option('-q, --quiet', 'results and errors only')
    .action(async () => {
      const options = command.opts<O & OutputOptions>()
      process.exitCode = await perform(handler, options, command.args)
    })
}

async function perform<O>(handler: Handler<O>, options: O & OutputOptions, args: readonly string[]): Promise<ExitCode> {
  const terminal = new Terminal(options.format, options.quiet ?? false)
  const interrupt = interruption()
  try {
    return await handler({ terminal, signal: interrupt.signal }, options, args)
  } catch (thrown) {
    printFailure(terminal, interrupt.signal.aborted ? interrupted(thrown) : thrown)
    return EXIT.error
  }
}

const interrupted = (cause: unknown): PlumblineError =>
  new PlumblineError('REFUSED', 'interrupted', { cause, help: 'Run it again to go on from here.' })

/** Signals this close together are one: npm passes Ctrl-C on to a process that has got it from the terminal already. */
const SAME_SIGNAL_MS = 500

/** The first signal asks to stop, the second one ends the process. */
function interruption(): AbortController {
  const controller = new AbortController()
  let first = 0
  const interrupt = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted && Date.now() - first > SAME_SIGNAL_MS) process.exit(EXIT.error)
    if (controller.signal.aborted) return
    first = Date.now()
    controller.abort(new DOMException(name, 'AbortError'))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt)
  return controller
}
