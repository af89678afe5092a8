import { Command, CommanderError } from 'commander'
import packageFile from '../package.json' with { type: 'json' }
import { EXIT } from './exit.ts'

interface Listed {
  readonly summary: string
  /** Imported only when it runs, so that `--help` is quick. */
  readonly load: () => Promise<{ readonly define: (command: Command) => void }>
}

const COMMANDS: Readonly<Record<string, Listed>> = {
  validate: { summary: 'check documents; nothing is sent', load: () => import('./commands/validate.ts') },
  plan: { summary: 'show what would change', load: () => import('./commands/plan.ts') },
  apply: { summary: 'make the systems agree with the documents', load: () => import('./commands/apply.ts') },
  drift: { summary: 'show what was changed behind the documents', load: () => import('./commands/drift.ts') },
  export: { summary: 'write documents of what a system has', load: () => import('./commands/export.ts') },
  'explain-kind': { summary: 'explain a kind or one of its fields', load: () => import('./commands/explain-kind.ts') },
  schema: { summary: 'print the JSON Schema for editors', load: () => import('./commands/schema.ts') },
  crds: { summary: 'print the Kubernetes resource definitions', load: () => import('./commands/crds.ts') },
  serve: { summary: 'serve the identity runtime over HTTP', load: () => import('./commands/serve.ts') },
  doctor: { summary: 'check this machine and every connection', load: () => import('./commands/doctor.ts') },
  quickstart: { summary: 'run the main job on examples/acme', load: () => import('./commands/quickstart.ts') },
}

const EXIT_CODES = '\nExit codes: 0 fine or nothing to do, 1 error, 2 changes pending or drift.'

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
  await program.parseAsync(argv, { from: 'user' }).catch(endOfParsing)
}

/** Help and version end the parsing as well; commander has written its message already. */
function endOfParsing(thrown: unknown): void {
  if (!(thrown instanceof CommanderError)) throw thrown
  process.exitCode = thrown.exitCode === 0 ? EXIT.ok : EXIT.error
}
