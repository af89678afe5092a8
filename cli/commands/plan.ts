import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import { type AllowanceOptions, allowanceOf } from '../../library/allowance.ts'
import type { TakeOverOptions } from '../../library/ownership.ts'
import { withAllowanceOptions } from '../allowance-options.ts'
import { selectable, trusting } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { type InventoryOptions, inventoried, readInventory, takingOver } from '../inventory-options.ts'
import { hasFailures, hasPending, PLAN_FORMS } from '../report/plan.ts'
import { type CommandHandler, handle } from '../run.ts'
import { writeSavedPlan } from '../saved-plan.ts'
import { type TargetOptions, targetable } from '../targets.ts'
import { planned, withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline plan                           exits with 2 when changes are pending
  plumbline plan --out change.plan         save it, review it, then: plumbline apply change.plan
  plumbline plan --prune --allow delete    also delete what has no document any more
  plumbline plan --target Tenant/acme-web  only this document and what it needs
  plumbline plan --format markdown         for a pull request`

interface Options extends Selection, AllowanceOptions, InventoryOptions, TakeOverOptions, TargetOptions {
  readonly out?: string
}

export function define(command: Command): void {
  targetable(trusting(takingOver(withAllowanceOptions(inventoried(selectable(command))))))
    .argument('[paths...]', 'files and folders instead of a project')
    .option('-o, --out <file>', 'save the plan, for `apply`')
    .addHelpText('after', EXAMPLES)
  handle(command, plan)
}

const plan: CommandHandler<Options> = (run, options, paths) =>
  withReportedWorkspace(run, { ...options, paths }, readInventory(options), async (workspace): Promise<ExitCode> => {
    const allowance = allowanceOf(options, workspace.documents.guards)
    const { plan: found } = await planned(run, workspace, allowance, options)
    const failed = hasFailures(found)
    const out = failed ? undefined : options.out
    if (out !== undefined) await writeSavedPlan(out, { ...options, paths }, allowance, workspace.digest, found)
    run.terminal.result('plan', found, PLAN_FORMS)
    if (failed) return EXIT.error
    if (out !== undefined) run.terminal.note(`Saved. Apply exactly this with: plumbline apply ${out}`)
    return hasPending(found) ? EXIT.pending : EXIT.ok
  })
