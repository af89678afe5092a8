import { type Command, Option } from 'commander'
import { EXIT, type ExitCode } from './exit.ts'
import { printFailure } from './failure.ts'
import { Interruption, interrupted } from './interruption.ts'
import { FORMATS, type Format, Terminal } from './terminal.ts'

/** What a command gets besides its own options. */
export interface Run {
  readonly terminal: Terminal
  /** Aborts on the first Ctrl-C or SIGTERM; the message of its reason names the signal. Until it is asked for, they end the process. */
  readonly signal: AbortSignal
  /** For services: what they do on their signal may take as long as it takes. */
  outlive(): void
}

interface OutputOptions {
  readonly format: Format
  readonly quiet?: true
}

export type CommandHandler<O> = (run: Run, options: O & OutputOptions, args: readonly string[]) => Promise<ExitCode>

/** Adds the options that every command has, and runs the handler with its errors printed and its exit code set. */
export function handle<O>(command: Command, handler: CommandHandler<O>): void {
  command
    .addOption(new Option('--format <format>', 'output format').choices(FORMATS).default('text'))
    .option('-q, --quiet', 'print results and errors only')
    .action(async () => {
      const options = command.opts<O & OutputOptions>()
      process.exitCode = await perform(handler, options, command.args)
    })
}

async function perform<O>(
  handler: CommandHandler<O>,
  options: O & OutputOptions,
  args: readonly string[],
): Promise<ExitCode> {
  const terminal = new Terminal(options.format, options.quiet ?? false)
  const interruption = new Interruption(terminal)
  const run: Run = {
    terminal,
    get signal() {
      return interruption.signal
    },
    outlive: () => interruption.outlive(),
  }
  try {
    return await handler(run, options, args)
  } catch (thrown) {
    printFailure(terminal, interruption.aborted ? interrupted(thrown) : thrown)
    return interruption.aborted ? interruption.exitCode : EXIT.error
  } finally {
    interruption.end()
  }
}
