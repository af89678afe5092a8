import type { Planned } from '../library/planned.ts'
import { readdress } from '../library/readdressed.ts'
import type { Workspace } from '../library/workspace.ts'
import { apply } from '../reconciler/apply.ts'
import type { RecordedInventory } from '../reconciler/inventory.ts'
import type { Outcome } from '../reconciler/model.ts'
import { isPending } from '../reconciler/plan.ts'
import { beginEvidence } from './evidence.ts'
import { EXIT, type ExitCode } from './exit.ts'
import type { Progress } from './progress.ts'
import { formsOf, outcomeText, plainOutcome } from './report/outcomes.ts'
import type { Run } from './run.ts'

/** Applies a plan, printing each outcome as it comes. */
export async function carryOut(
  run: Run,
  command: 'apply' | 'destroy',
  workspace: Workspace<RecordedInventory>,
  { plan, matched }: Planned,
  said: Parameters<typeof beginEvidence>[3],
): Promise<ExitCode> {
  const { terminal } = run
  const { inventory, facts, context, rules } = workspace
  await readdress(inventory, facts)
  const outcomes: Outcome[] = []
  const record = await beginEvidence(command, workspace, plan, said)
  const work = async (progress: Progress): Promise<void> => {
    for await (const outcome of apply({ plan, matched, ledger: inventory, context, rules })) {
      outcomes.push(outcome)
      progress.tick()
      if (terminal.format === 'text' && isWorthALine(outcome)) terminal.print(outcomeText(outcome, terminal))
    }
  }
  try {
    await terminal.stage('applying', work, plan.steps.length)
  } finally {
    await record?.ended(outcomes)
  }
  terminal.result(command, { outcomes: outcomes.map(plainOutcome) }, formsOf(command, outcomes))
  context.signal.throwIfAborted()
  return outcomes.every((o) => o.status === 'done') ? EXIT.ok : EXIT.error
}

const isWorthALine = ({ step, status }: Outcome): boolean => status !== 'done' || isPending(step)
