import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import { actor } from '../../evidence/who.ts'
import { type AllowanceOptions, allowanceOf } from '../../library/allowance.ts'
import type { Workspace } from '../../library/workspace.ts'
import type { RecordedInventory } from '../../reconciler/inventory.ts'
import type { Allowance, Plan } from '../../reconciler/model.ts'
import { allowing } from '../allowance-options.ts'
import { carryOut } from '../carry-out.ts'
import { confirm } from '../confirm.ts'
import { selectable, trusting } from '../documents.ts'
import { allowedBy } from '../evidence.ts'
import { type LockOptions, ownInventory, waiting } from '../inventory-options.ts'
import { PLAN_FORMS } from '../report/plan.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { type TargetOptions, targetable } from '../targets.ts'
import { planned, withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline destroy -e dev                          what would go, what would stay, then a question
  plumbline destroy -e dev --allow delete           also objects whose deletionPolicy is Delete
  plumbline destroy --target Client/acme-app        one object and what needs it
  plumbline destroy -e dev --allow delete --yes     without the question, e.g. in a pipeline

Ends the management of every object that was applied, by the deletionPolicy that was applied last: Retain keeps the object, Reset
gives it back its defaults, Delete deletes it where --allow delete or the guards of the project say so.`

interface Options extends Selection, Pick<AllowanceOptions, 'allow'>, LockOptions, TargetOptions {
  readonly yes?: true
}

export function define(command: Command): void {
  targetable(waiting(trusting(allowing(selectable(command)))))
    .option('-y, --yes', 'without the question')
    .addHelpText('after', EXAMPLES)
  handle(command, destroy)
}

const destroy: CommandHandler<Options> = (run, options) =>
  withReportedWorkspace(run, options, ownInventory(run, options), async (project) => {
    // As if every document were gone. The connections stay, through which the objects are reached.
    const workspace: Workspace<RecordedInventory> = { ...project, facts: [] }
    const allowance = policyFor(options, workspace)
    const now = await planned(run, workspace, allowance, options)
    if (run.terminal.format === 'text') run.terminal.result('plan', now.plan, PLAN_FORMS)
    tellKept(run, now.plan)
    const { scope } = workspace.documents
    if (now.plan.steps.length > 0 && !options.yes)
      await confirm(`This cannot be undone. Type ${scope} to continue:`, run.signal, scope)
    const allowed = allowedBy(allowance, workspace, actor(process.env).user)
    return carryOut(run, 'destroy', workspace, now, { allowed })
  })

/** That nothing stays is what the command is for; deleting takes a word of its own all the same. */
function policyFor(options: Options, { documents }: Workspace): Allowance {
  const allowance = allowanceOf({ ...options, prune: true }, documents.guards)
  return { ...allowance, allow: new Set([...allowance.allow, 'empty'] as const), maxDeleteShare: 1 }
}

function tellKept({ terminal }: Run, { steps }: Plan): void {
  const kept = steps.filter(({ action }) => action === 'forget').map(({ address }) => address)
  if (kept.length > 0) terminal.note(`Kept in their systems, and no longer managed: ${kept.join(', ')}.`)
}
