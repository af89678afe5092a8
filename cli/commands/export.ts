import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import { selectable, trusting } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { exportedResource, toYaml } from '../export/document.ts'
import { readAll, warnOf } from '../export/read.ts'
import { readInventory } from '../inventory-options.ts'
import { type CommandHandler, handle } from '../run.ts'
import { withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline export --connection runtime                  everything behind a Connection of the project
  plumbline export --connection runtime --kind Tenant    one kind

Only what differs from the server's defaults is written. Secrets cannot be read; they are comments to fill in.`

interface Options extends Selection {
  readonly connection: string
  readonly kind?: string
}

export function define(command: Command): void {
  trusting(selectable(command))
    .requiredOption('-c, --connection <name>', 'Connection to read from')
    .option('-k, --kind <kind>', 'only this kind')
    .addHelpText('after', EXAMPLES)
  handle(command, run)
}

const run: CommandHandler<Options> = (run, options) =>
  withReportedWorkspace(run, options, readInventory({}), async (workspace): Promise<ExitCode> => {
    const documents = await readAll(run, workspace, options.connection, options)
    run.terminal.result('export', documents.map(exportedResource), { text: () => toYaml(documents) })
    warnOf(run, workspace, documents)
    return EXIT.ok
  })
