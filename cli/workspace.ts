import type { Selection } from '../config/project/documents.ts'
import type { OpenOwned, Owned, TakeOverOptions } from '../library/ownership.ts'
import { lookAtSystems, type Planned, plannedAfter } from '../library/planned.ts'
import { type Opening, withWorkspace as open, type Workspace } from '../library/workspace.ts'
import type { Allowance } from '../reconciler/model.ts'
import { goodDocuments } from './documents.ts'
import type { Run } from './run.ts'
import { type TargetOptions, targetedIn } from './targets.ts'

/** Opens the selected documents, what we own of them and their systems for the time of `work`. Throws on mistakes. */
export async function withReportedWorkspace<O extends Owned, T>(
  run: Run,
  selection: Selection & TakeOverOptions & Pick<Opening, 'reviewed'>,
  owned: OpenOwned<O>,
  work: (workspace: Workspace<O>) => Promise<T>,
): Promise<T> {
  const { takeOver, reviewed } = selection
  const documents = await goodDocuments(run.terminal, selection)
  const opening = {
    // Asked for late: until then a signal ends the process.
    get signal() {
      return run.signal
    },
    onNote: (text: string) => run.terminal.note(text),
    env: process.env,
    ...(takeOver === undefined ? {} : { takeOver }),
    ...(reviewed && { reviewed }),
  }
  return open(documents, opening, owned, work)
}

/** Looks at every system and plans, all of it or what the options name. */
export async function planned(
  run: Run,
  workspace: Workspace,
  allowance: Allowance,
  targets: TargetOptions = {},
): Promise<Planned> {
  const { facts, context } = workspace
  const seen = await run.terminal.stage(
    'reading the systems',
    (progress) => lookAtSystems(workspace, () => progress.tick()),
    facts.length,
  )
  context.signal.throwIfAborted()
  const { plan, matched } = await run.terminal.stage('planning', async () => plannedAfter(workspace, seen, allowance))
  return { plan: targetedIn(run, targets, plan), matched }
}
