import { Command, CommanderError } from 'commander'
import packageFile from '../package.json' with { type: 'json' }
import { EXIT, type ExitCode } from './exit.ts'
import { printFailure } from './failure.ts'
import { Terminal } from './terminal.ts'

interface Listed {
  readonly summary: string
  /** Imported only when it runs, so that `--help` is quick. */
  readonly load: () => Promise<{ readonly define: (command: Command) => void }>
}

const COMMANDS: Readonly<Record<string, Listed>> = {
  init: { summary: 'begin a project', load: () => import('./commands/init.ts') },
  validate: { summary: 'check documents; nothing is sent', load: () => import('./commands/validate.ts') },
  plan: { summary: 'show what would change', load: () => import('./commands/plan.ts') },
  apply: { summary: 'make the systems agree with the documents', load: () => import('./commands/apply.ts') },
  review: { summary: 'show what a change does to people', load: () => import('./commands/review.ts') },
  drift: { summary: 'show what was changed behind the documents', load: () => import('./commands/drift.ts') },
  export: { summary: 'write documents of what a system has', load: () => import('./commands/export.ts') },
  inventory: { summary: 'move what was applied to another inventory', load: () => import('./commands/inventory.ts') },
  'explain-kind': { summary: 'explain a kind or one of its fields', load: () => import('./commands/explain-kind.ts') },
  explain: { summary: 'explain what a login demands and why', load: () => import('./commands/explain.ts') },
  schema: { summary: 'print the JSON Schema for editors', load: () => import('./commands/schema.ts') },
  crds: { summary: 'print the Kubernetes resource definitions', load: () => import('./commands/crds.ts') },
  serve: { summary: 'serve the identity runtime over HTTP', load: () => import('./commands/serve.ts') },
  login: { summary: 'sign in to a tenant from the terminal', load: () => import('./commands/login.ts') },
  'admin-key': { summary: 'replace the administrator key', load: () => import('./commands/admin-key.ts') },
  audit: { summary: 'check the audit log of the identity runtime', load: () => import('./commands/audit.ts') },
  backup: { summary: 'write the store of the identity runtime to a file', load: () => import('./commands/backup.ts') },
  restore: { summary: 'put a backup into a store', load: () => import('./commands/restore.ts') },
  controller: { summary: 'run as a Kubernetes controller', load: () => import('./commands/controller.ts') },
  doctor: { summary: 'check this machine and every connection', load: () => import('./commands/doctor.ts') },
  quickstart: { summary: 'run the main job on examples/acme', load: () => import('./commands/quickstart.ts') },
}

const EXIT_CODES = '\nExit codes: 0 fine or nothing to do, 1 error, 2 changes pending or drift, 130 interrupted.'

/** The command line. Sets `process.exitCode`; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('plumbline')
    .description('Keeps identity systems as their documents say.')
    .version(packageFile.version)
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
  const wanted = argv.find((word) => Object.hasOwn(COMMANDS, word))
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(summary)
    if (name === wanted) (await load()).define(command)
  }
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endOfReader)
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (thrown) {
    process.exitCode = endOfParsing(thrown)
  }
}

/** Help and version end the parsing as well; commander has written its message already. */
function endOfParsing(thrown: unknown): ExitCode {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.error
  printFailure(new Terminal('text', false), thrown)
  return EXIT.error
}

/** Whoever reads our output may have seen enough, e.g. `head`. What was begun goes on to its end, and its exit code stands. */
function endOfReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return
  printFailure(new Terminal('text', false), error)
  process.exit(EXIT.error)
}
