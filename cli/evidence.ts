import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { PlumblineError } from '../config/errors.ts'
import { runNamedIn } from '../config/project/documents.ts'
import { Repository, repositoryOf } from '../config/project/git.ts'
import { evidencePlace } from '../evidence/places.ts'
import { beginRun, type RecordedRun, type RunFacts } from '../evidence/run.ts'
import type { Workspace } from '../library/workspace.ts'
import { thisRun } from '../reconciler/lock.ts'
import type { Allowance, Plan } from '../reconciler/model.ts'
import { Secret } from '../reconciler/secret.ts'

/** What a person says about a run, for its record. */
export interface EvidenceOptions {
  readonly approvedBy?: readonly string[]
  readonly change?: string
}

/** Adds the options that go into the record of a run. */
export const evident = (command: Command): Command =>
  command
    .option('--approved-by <who>', 'who has agreed, for the record of this run; may be repeated', collect)
    .option('--change <url>', 'address of the change, e.g. of a pull request, for the record of this run')

const collect = (who: string, before: readonly string[] = []): readonly string[] => [...before, who]

/** Variables in which pipelines name who began a run; the first one that is set counts. */
const ACTORS = ['GITHUB_ACTOR', 'GITLAB_USER_LOGIN', 'BUILD_REQUESTEDFOREMAIL', 'BUILDKITE_BUILD_CREATOR_EMAIL']

/** Who runs this process: whom the pipeline names, else the account. */
export function actor(): RunFacts['who'] {
  const { user, host, run } = thisRun(runNamedIn(process.env))
  const named = ACTORS.map((name) => process.env[name]).find(Boolean)
  return { user: named ?? user, host, ...(run !== undefined && { run }) }
}

/** Puts down that a run begins. Throws as `beginRun`. */
export function beginEvidence(
  command: RunFacts['command'],
  { documents, digest }: Workspace,
  plan: Plan,
  { approvedBy = [], change, allowed }: EvidenceOptions & Pick<RunFacts, 'allowed'>,
): Promise<RecordedRun | undefined> {
  const commit = commitOf(documents.folder)
  const facts = {
    command,
    scope: documents.scope,
    who: actor(),
    ...(commit && { commit }),
    approvedBy: [...approvedBy],
    ...(change !== undefined && { change }),
    ...(allowed && allowed.what.length > 0 && { allowed }),
    documents: digest,
  }
  return beginRun(evidencePlace(documents.evidence), configuredKey(), facts, plan)
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

function commitOf(folder: string): RunFacts['commit'] {
  const root = repositoryOf(folder)
  if (root === undefined) return undefined
  const repository = new Repository(root)
  const id = repository.commit('HEAD')
  return id === undefined ? undefined : { id, changed: repository.hasChanges(folder) }
}

function configuredKey(): Secret | undefined {
  const { PLUMBLINE_EVIDENCE_KEY: text, PLUMBLINE_EVIDENCE_KEY_FILE: file } = process.env
  if (text) return new Secret(text)
  if (!file) return undefined
  try {
    return new Secret(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new PlumblineError('IO', `cannot read the key that signs evidence, ${file}`, { cause })
  }
}
