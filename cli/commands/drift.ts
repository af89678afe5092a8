import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import { type DriftReport, drift as driftOf } from '../../reconciler/drift.ts'
import { DEFAULT_POLICY } from '../../reconciler/model.ts'
import { selectable, trusting } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { type InventoryOptions, inventoried, readInventory } from '../owned.ts'
import { DRIFT_FORMS, hasDrifted } from '../report/drift.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { planned, withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline drift                     exits with 2 when a system differs from the documents
  plumbline drift --format json       the report for a monitor
  plumbline drift --kube              what the controller has found in the cluster
  plumbline drift --inventory pulumi:state.json
                                      of a stack, after: pulumi stack export --show-secrets > state.json`

export function define(command: Command): void {
  trusting(inventoried(selectable(command)))
    .option('--kube', 'of the cluster that kubectl would talk to, from the status of its objects')
    .argument('[paths...]', 'files and folders instead of a project')
    .addHelpText('after', EXAMPLES)
  handle(command, drift)
}

interface Options extends Selection, InventoryOptions {
  readonly kube?: true
}

const drift: CommandHandler<Options> = async (run, options, paths) => {
  const report = options.kube ? await ofCluster(run) : await ofDocuments(run, options, paths)
  run.terminal.result('drift', report, DRIFT_FORMS)
  if (report.unknown.length > 0) return EXIT.error
  return hasDrifted(report) ? EXIT.pending : EXIT.ok
}

const ofDocuments = (run: Run, options: Options, paths: readonly string[]): Promise<DriftReport> =>
  withReportedWorkspace(run, { ...options, paths }, readInventory(options), async (workspace) =>
    driftOf((await planned(run, workspace, DEFAULT_POLICY)).plan, new Date()),
  )

/** The client of the API server is loaded only for this. */
async function ofCluster({ signal }: Run): Promise<DriftReport> {
  const { clusterConfig } = await import('../cluster.ts')
  const { KubeApi } = await import('../../controller/kube/api.ts')
  const { clusterDrift } = await import('../../controller/drift-report.ts')
  return clusterDrift(new KubeApi(clusterConfig()), new Date(), signal)
}
