import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import { drift as driftOf } from '../../reconciler/drift.ts'
import { DEFAULT_POLICY } from '../../reconciler/model.ts'
import { selectable } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { type InventoryOptions, inventoried, readInventory } from '../owned.ts'
import { formatDrift, hasDrifted } from '../report/drift.ts'
import { type Handler, handle } from '../run.ts'
import { planned, withWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline drift                     exits with 2 when a system differs from the documents
  plumbline drift --format json       the report for a monitor
  plumbline drift --inventory pulumi:state.json
                                      of a stack, after: pulumi stack export --show-secrets > state.json`

export function define(command: Command): void {
  inventoried(selectable(command))
    .argument('[paths...]', 'files and folders instead of a project')
    .addHelpText('after', EXAMPLES)
  handle(command, drift)
}

const drift: Handler<Selection & InventoryOptions> = (run, options, paths) =>
  withWorkspace(run, { ...options, paths }, readInventory(options), async (workspace): Promise<ExitCode> => {
    const report = driftOf(await planned(run, workspace, DEFAULT_POLICY), new Date())
    run.terminal.print(formatDrift(report, run.terminal))
    if (report.unknown.length > 0) return EXIT.error
    return hasDrifted(report) ? EXIT.pending : EXIT.ok
  })
