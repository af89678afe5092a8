import { type Command, Option } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import type { Selection } from '../../config/project/documents.ts'
import { type DriftReport, drift as driftOf } from '../../reconciler/drift.ts'
import { DEFAULT_ALLOWANCE } from '../../reconciler/model.ts'
import { selectable, trusting } from '../documents.ts'
import { openProposals, type ProposeOptions } from '../drift/propose.ts'
import { EXIT } from '../exit.ts'
import { type InventoryOptions, inventoried, readInventory } from '../inventory-options.ts'
import { DRIFT_FORMS, hasDrifted, type ProposedDrift } from '../report/drift.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { planned, withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline drift                     exits with 2 when a system differs from the documents
  plumbline drift --format json       the report for a monitor
  plumbline drift --kube              what the controller has found in the cluster
  plumbline drift --propose https://github.com/acme/identity
                                      one pull request for each Connection, with the values that the system has
  plumbline drift --inventory pulumi:state.json
                                      of a stack, after: pulumi stack export --show-secrets > state.json

A proposal is for what is checked out, so that is the branch which the systems follow. The token is that of review --post.
Merge a proposal to accept the drift; close it with the label revert, and the next apply reverts the drift.`

export function define(command: Command): void {
  trusting(inventoried(selectable(command)))
    .option('--kube', 'of the cluster that kubectl would talk to, from the status of its objects')
    .option('--propose [repository]', 'into a pull request: address of the repository (default: that of the CI job)')
    .addOption(new Option('--forge <kind>', 'what serves it (default: by its address)').choices(['GitHub', 'Gitea']))
    .option('--branch <name>', 'branch that proposals are for', 'main')
    .argument('[paths...]', 'files and folders instead of a project')
    .addHelpText('after', EXAMPLES)
  handle(command, drift)
}

interface Options extends Selection, InventoryOptions, ProposeOptions {
  readonly kube?: true
}

const drift: CommandHandler<Options> = async (run, options, paths) => {
  if (options.propose !== undefined && (options.kube || paths.length > 0))
    throw new PlumblineError('USAGE', '--propose is for the documents of a project')
  const report: ProposedDrift = options.kube ? await ofCluster(run) : await ofDocuments(run, options, paths)
  run.terminal.result('drift', report, DRIFT_FORMS)
  if (report.unknown.length > 0) return EXIT.error
  return hasDrifted(report) ? EXIT.pending : EXIT.ok
}

async function ofDocuments(run: Run, options: Options, paths: readonly string[]): Promise<ProposedDrift> {
  const propose = options.propose === undefined ? undefined : openProposals(run, options)
  return withReportedWorkspace(run, { ...options, paths }, readInventory(options), async (workspace) => {
    const { plan } = await planned(run, workspace, DEFAULT_ALLOWANCE)
    const report = driftOf(plan, new Date())
    return propose === undefined ? report : { ...report, proposals: await propose(plan, workspace.documents.resources) }
  })
}

/** The client of the API server is loaded only for this. */
async function ofCluster({ signal }: Run): Promise<DriftReport> {
  const { clusterConfig } = await import('../cluster-config.ts')
  const { KubeApi } = await import('../../controller/kube/api.ts')
  const { clusterDrift } = await import('../../controller/drift-report.ts')
  return clusterDrift(new KubeApi(clusterConfig()), new Date(), signal)
}
