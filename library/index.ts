import { checkDocuments, type Documents, readDocuments } from '../config/project/documents.ts'
import type { CheckedEnvironment } from '../config/project/environment-diagnostics.ts'
import { projectFileAt } from '../config/project/file.ts'
import { evidenceOf } from '../evidence/places.ts'
import { beginRun, chainOf, type RunFacts } from '../evidence/run.ts'
import { actor, commitOf, givenKey } from '../evidence/who.ts'
import { apply as carryOut } from '../reconciler/apply.ts'
import type { RecordedInventory } from '../reconciler/inventory.ts'
import type { Outcome, Plan } from '../reconciler/model.ts'
import { openInventory } from '../reconciler/open-inventory.ts'
import { type AllowanceOptions, allowanceOf } from './allowance.ts'
import type { TakeOverOptions } from './ownership.ts'
import { lookAtSystems, type Planned, plannedAfter } from './planned.ts'
import { readdress } from './readdressed.ts'
import { stale } from './stale.ts'
import { targeted } from './targeted.ts'
import { type Workspace, withWorkspace } from './workspace.ts'

export { type Code, PlumblineError } from '../config/errors.ts'
export type { Diagnostic, Resource } from '../config/resource.ts'
export type { Change } from '../reconciler/adapter.ts'
export type { Action, Outcome, Plan, Step } from '../reconciler/model.ts'
export { InvalidDocuments } from './invalid.ts'
export type { AllowanceOptions, CheckedEnvironment, TakeOverOptions }

/** The checked documents of one environment of a project, and where its memory lies. */
export type Project = Documents

/** Which documents are meant. */
export interface ProjectOptions {
  /** Project file or its folder (default: `plumbline.yaml` in the working directory or a folder above). */
  readonly project?: string
  /** Environment of the project (default: the project's). */
  readonly environment?: string
  /** Files and folders in place of a project. */
  readonly paths?: readonly string[]
  /** Git revision that decides what is read and reached, or `.` for the checkout. */
  readonly trust?: string
}

export interface PlanOptions extends AllowanceOptions, TakeOverOptions {
  /** Only these documents (`Kind/name`) and what they need. */
  readonly targets?: readonly string[]
  /** Ends the run: what was begun is brought to its end, the rest is skipped. */
  readonly signal?: AbortSignal
  /** Hears what was done on the way that a person should know. */
  readonly onNote?: (text: string) => void
}

export interface ApplyOptions extends PlanOptions {
  /** Digest of the plan that was looked at: anything else throws PLAN_STALE, and nothing is done. */
  readonly expect?: string
  /** Who has agreed, and the address of the change, e.g. of a pull request: for the record that the run leaves. */
  readonly approvedBy?: readonly string[]
  readonly change?: string
  /** Hears of each outcome as it comes. */
  readonly onOutcome?: (outcome: Outcome) => void
}

/**
 * Reads and checks the documents of one environment. Mistakes are in `diagnostics`; nothing is sent.
 *
 * @throws PlumblineError for a project file that cannot be read or is wrong
 * @example
 * const project = loadProject({ project: 'acme', environment: 'production' })
 */
export const loadProject = (options: ProjectOptions = {}): Project => readDocuments(selected(options), process.env)

/** Checks the documents of every environment, or of the one that is named. Nothing is sent, no secret is read. */
export const validate = (options: ProjectOptions = {}): readonly CheckedEnvironment[] =>
  checkDocuments(selected(options))

/**
 * What would change: reads every system, writes nothing.
 *
 * @throws InvalidDocuments when the project has mistakes
 */
export const plan = (project: Project, options: PlanOptions = {}): Promise<Plan> =>
  opened(project, options, 'read', async (workspace) => (await planned(workspace, options)).plan)

/**
 * Plans and carries the plan out, one outcome for each step. A step that fails is an outcome and does not throw.
 *
 * @throws InvalidDocuments when the project has mistakes
 * @throws PlumblineError PLAN_STALE for another plan than the expected one, REFUSED where a guard of the project forbids it
 * @example
 * const wanted = await plan(project)
 * const outcomes = await apply(project, { expect: wanted.digest })
 */
export const apply = (project: Project, options: ApplyOptions = {}): Promise<readonly Outcome[]> =>
  opened(project, options, 'write', async (workspace) => {
    const { inventory, facts, context, rules } = workspace
    const { plan, matched } = await planned(workspace, options)
    if (options.expect !== undefined && options.expect !== plan.digest) throw stale('the systems have changed')
    await readdress(inventory, facts)
    const chain = chainOf(await evidenceOf(project), givenKey(process.env))
    const record = await beginRun(chain, factsOfRun(workspace, options), plan)
    const outcomes: Outcome[] = []
    try {
      for await (const outcome of carryOut({ plan, matched, ledger: inventory, context, rules })) {
        outcomes.push(outcome)
        options.onOutcome?.(outcome)
      }
    } finally {
      await record?.ended(outcomes)
    }
    return outcomes
  })

/** For the record that the run leaves. */
const factsOfRun = ({ documents, digest }: Workspace, { approvedBy = [], change }: ApplyOptions): RunFacts => ({
  command: 'apply',
  scope: documents.scope,
  who: actor(process.env),
  ...commitOf(documents.folder),
  approvedBy: [...approvedBy],
  ...(change !== undefined && { change }),
  documents: digest,
})

const selected = ({ project, ...others }: ProjectOptions) => ({
  ...others,
  ...(project === undefined ? {} : { project: projectFileAt(project) }),
})

function opened<T>(
  project: Project,
  { signal = new AbortController().signal, onNote = () => {}, takeOver }: PlanOptions,
  mode: 'read' | 'write',
  work: (workspace: Workspace<RecordedInventory>) => Promise<T>,
): Promise<T> {
  const opening = { signal, onNote, env: process.env, ...(takeOver === undefined ? {} : { takeOver }) }
  return withWorkspace(project, opening, (documents) => openInventory(documents, mode), work)
}

async function planned(workspace: Workspace, options: PlanOptions): Promise<Planned> {
  const seen = await lookAtSystems(workspace)
  workspace.context.signal.throwIfAborted()
  const { plan, matched } = plannedAfter(workspace, seen, allowanceOf(options, workspace.documents.guards))
  return { plan: targeted(plan, options.targets ?? []), matched }
}
