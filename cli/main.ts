import { Command, CommanderError } from 'commander'
import packageFile from '../package.json' with { type: 'json' }
import { COMMAND_GROUPS, COMMANDS, type Listed } from './commands.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { printFailure } from './failure.ts'
import { Terminal } from './terminal.ts'
import { formatIn, usageErrorOf } from './usage-error.ts'

const HELP = new Command('help')
  .argument('[command]')
  .description('show the help of a command')
  .helpGroup('This machine:')
const EXIT_CODES = '\nExit codes: 0 fine or nothing to do, 1 error, 2 changes pending or drift, 130 interrupted.'

/** The command line. Sets `process.exitCode`; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = new Terminal(formatIn(argv), false)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endOfReader)
  try {
    const program = await programFor(argv)
    if (isCompletion(argv)) (await import('./completion.ts')).printCompletions(program, argv.slice(2))
    else await program.parseAsync(argv, { from: 'user' })
  } catch (thrown) {
    process.exitCode = endOfParsing(thrown, terminal)
  }
}

/** The call of a completion script: `complete -- WORDS`. */
const isCompletion = ([first, second]: readonly string[]): boolean => first === 'complete' && second === '--'

/** Every command by its name, and the one that is wanted with its options. */
async function programFor(argv: readonly string[]): Promise<Command> {
  const program = new Command('plumbline')
    .description('Keeps identity systems in line with declarative documents.')
    .version(packageFile.version)
    .addHelpText('after', EXIT_CODES)
    .addHelpCommand(HELP)
    // What stands behind a command of a command is its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
  const wanted = argv.find((word) => Object.hasOwn(COMMANDS, word))
  for (const [heading, commands] of Object.entries(COMMAND_GROUPS))
    for (const [name, { summary, load }] of Object.entries<Listed>(commands)) {
      const command = program.command(name).description(summary).helpGroup(`${heading}:`)
      if (name === wanted) (await load()).define(command)
    }
  return program
}

/** Help and version end the parsing as well; commander has written them already. */
function endOfParsing(thrown: unknown, terminal: Terminal): ExitCode {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok
  printFailure(terminal, thrown instanceof CommanderError ? usageErrorOf(thrown) : thrown)
  return EXIT.error
}

/** Whoever reads our output may have seen enough, e.g. `head`. What was begun goes on to its end, and its exit code stands. */
function endOfReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return
  printFailure(new Terminal('text', false), error)
  process.exit(EXIT.error)
}
