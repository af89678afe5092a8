import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import { actor } from '../../evidence/who.ts'
import { type AllowanceOptions, allowanceOf } from '../../library/allowance.ts'
import type { TakeOverOptions } from '../../library/ownership.ts'
import { stale } from '../../library/stale.ts'
import type { Allowance } from '../../reconciler/model.ts'
import { isPending } from '../../reconciler/plan.ts'
import { withAllowanceOptions } from '../allowance-options.ts'
import { carryOut } from '../carry-out.ts'
import { confirm } from '../confirm.ts'
import { goodDocuments, selectable, trusting } from '../documents.ts'
import { allowedBy, type EvidenceOptions, evident } from '../evidence.ts'
import type { ExitCode } from '../exit.ts'
import { type LockOptions, ownInventory, takingOver, waiting } from '../inventory-options.ts'
import { PLAN_FORMS } from '../report/plan.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { readSavedPlan, type SavedPlan } from '../saved-plan.ts'
import { settleNotCreated } from '../settle-create.ts'
import { type TargetOptions, targetable } from '../targets.ts'
import { planned, withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline apply                    show the plan, ask, apply
  plumbline apply --yes              without asking, e.g. where there is no terminal
  plumbline apply change.plan        exactly the saved plan, or nothing when the world has moved on
  plumbline apply --yes --change https://github.com/acme/identity/pull/7 --approved-by alice
                                     both go into the signed record that the run leaves (plumbline audit verify)
  plumbline apply --target Tenant/acme-web   only this document and what it needs
  plumbline apply --not-created SecurityConfiguration/acme
                                     an interrupted create did not happen: forget that it was begun`

interface Options extends Selection, AllowanceOptions, LockOptions, TakeOverOptions, TargetOptions, EvidenceOptions {
  readonly yes?: true
  readonly notCreated?: string
}

export function define(command: Command): void {
  evident(targetable(takingOver(waiting(trusting(withAllowanceOptions(selectable(command)))))))
    .argument('[plan]', 'a plan that `plan --out` saved')
    .option('-y, --yes', 'apply without asking')
    .option('--not-created <kind/name>', 'settle an interrupted create that did not happen')
    .addHelpText('after', EXAMPLES)
  handle(command, run)
}

const run: CommandHandler<Options> = async (runtime, options, [file]) => {
  if (options.notCreated !== undefined) {
    const documents = await goodDocuments(runtime.terminal, options)
    return settleNotCreated(runtime, documents, ownInventory(runtime, options), options.notCreated)
  }
  return file === undefined ? applyNow(runtime, options) : applySaved(runtime, options, await readSavedPlan(file))
}

const applySaved = (run: Run, options: Options, saved: SavedPlan): Promise<ExitCode> =>
  withReportedWorkspace(
    run,
    { ...trustingSame(saved.selection, options), ...takenOver(options) },
    ownInventory(run, options),
    async (workspace) => {
      if (saved.documents !== workspace.digest) throw stale('the documents have changed')
      const now = await planned(run, workspace, saved.allowance, saved)
      if (saved.digest !== now.plan.digest) throw stale('the systems have changed')
      const allowed = allowedBy(saved.allowance, workspace, saved.by ?? 'unknown')
      return carryOut(run, 'apply', workspace, now, { ...options, allowed })
    },
  )

/** Whom to trust is never taken from the file: it may come out of the change. */
const trustingSame = (selection: Selection, { trust }: Options): Selection =>
  trust === undefined ? selection : { ...selection, trust }

const takenOver = ({ takeOver }: Options): TakeOverOptions => (takeOver === undefined ? {} : { takeOver })

const applyNow = (run: Run, options: Options): Promise<ExitCode> =>
  withReportedWorkspace(run, options, ownInventory(run, options), async (workspace) => {
    const allowance: Allowance = allowanceOf(options, workspace.documents.guards)
    const now = await planned(run, workspace, allowance, options)
    const { plan } = now
    if (run.terminal.format === 'text') run.terminal.result('plan', plan, PLAN_FORMS)
    const due = plan.finalize.length > 0 || plan.steps.some(isPending)
    if (due && !options.yes) await confirm('Apply this plan?', run.signal)
    const allowed = allowedBy(allowance, workspace, actor(process.env).user)
    return carryOut(run, 'apply', workspace, now, { ...options, allowed })
  })
