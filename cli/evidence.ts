import type { Command } from 'commander'
import { evidenceOf } from '../evidence/places.ts'
import { beginRun, chainOf, type RecordedRun, type RunFacts } from '../evidence/run.ts'
import { actor, commitOf, givenKey } from '../evidence/who.ts'
import type { Workspace } from '../library/workspace.ts'
import type { Allowance, Plan } from '../reconciler/model.ts'

/** What a person says about a run, for its record. */
export interface EvidenceOptions {
  readonly approvedBy?: readonly string[]
  readonly change?: string
}

/** Adds the options that go into the record of a run. */
export const evident = (command: Command): Command =>
  command
    .option('--approved-by <who>', 'who approved, for the record of this run; may be repeated', collect)
    .option('--change <url>', 'address of the change, e.g. of a pull request, for the record of this run')

const collect = (who: string, before: readonly string[] = []): readonly string[] => [...before, who]

/** Puts down that a run begins. Throws as `beginRun`. */
export async function beginEvidence(
  command: RunFacts['command'],
  { documents, digest }: Workspace,
  plan: Plan,
  { approvedBy = [], change, allowed }: EvidenceOptions & Pick<RunFacts, 'allowed'>,
): Promise<RecordedRun | undefined> {
  const facts = {
    command,
    scope: documents.scope,
    who: actor(process.env),
    ...commitOf(documents.folder),
    approvedBy: [...approvedBy],
    ...(change !== undefined && { change }),
    ...(allowed && allowed.what.length > 0 && { allowed }),
    documents: digest,
  }
  return beginRun(chainOf(await evidenceOf(documents), givenKey(process.env)), facts, plan)
}

/** What a plan was allowed beyond what the project allows by itself, and by whom. */
export const allowedBy = (
  { allow, prune }: Allowance,
  { documents }: Workspace,
  by: string,
): NonNullable<RunFacts['allowed']> => ({
  what: [...[...allow].filter((word) => !documents.guards.allow.includes(word)), ...(prune ? ['prune'] : [])],
  by,
})
