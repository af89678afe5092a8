import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { toPlumblineError } from '../../config/errors.ts'
import { type AllowanceOptions, allowanceOf } from '../../library/allowance.ts'
import { withLive } from '../../review/live.ts'
import type { EnvironmentReview, Live, Review } from '../../review/model.ts'
import { readingIn } from '../../review/reach.ts'
import { verdictOf } from '../../review/review.ts'
import type { ComparedProject } from '../../review/revisions.ts'
import { plainError } from '../failure.ts'
import { type InventoryOptions, readInventory } from '../inventory-options.ts'
import { impactByServices } from '../login-impact.ts'
import { hasFailures } from '../report/plan.ts'
import type { Run } from '../run.ts'
import { writeSavedPlan } from '../saved-plan.ts'
import { planned, withReportedWorkspace } from '../workspace.ts'

export interface LiveOptions extends AllowanceOptions, InventoryOptions {
  /** Project file. */
  readonly project: string
  /** The revision that decides what is read and reached. */
  readonly trust: string
  /** The environments of that revision, in the order of the review: `.base` (default: every secret was reviewed). */
  readonly reviewed?: ComparedProject['environments']
  /** Folder for saved plans. */
  readonly out?: string
}

/**
 * The review with what the systems say, environment by environment. The base revision decides what may be reached: its
 * project file and Connections count, and a secret that its documents do not read is not read.
 */
export async function withPlans(run: Run, found: Review, options: LiveOptions): Promise<Review> {
  if (options.out !== undefined) await mkdir(options.out, { recursive: true, mode: 0o700 })
  const environments: EnvironmentReview[] = []
  for (const [i, environment] of found.environments.entries()) {
    const broken = environment.diagnostics.some(({ severity }) => severity === 'error')
    const known = options.reviewed && readingIn(options.reviewed[i]?.base?.resources ?? [])
    environments.push(broken ? environment : withLive(environment, await liveOf(run, environment, known, options)))
  }
  return { ...found, verdict: verdictOf(environments), environments }
}

async function liveOf(
  run: Run,
  { environment }: EnvironmentReview,
  reviewed: ReturnType<typeof readingIn> | undefined,
  options: LiveOptions,
): Promise<Live> {
  const { project, trust } = options
  const selection = { project, trust, ...(environment === undefined ? {} : { environment }) }
  try {
    return await withReportedWorkspace(
      run,
      { ...selection, ...(reviewed && { reviewed }) },
      readInventory(options),
      async (workspace) => {
        const policy = allowanceOf(options, workspace.documents.guards)
        const { plan } = await planned(run, workspace, policy)
        const { out } = options
        if (out !== undefined && !hasFailures(plan)) {
          const file = join(out, `${environment ?? 'project'}.plan`)
          await writeSavedPlan(file, { ...selection, paths: [] }, policy, workspace.digest, plan)
        }
        return { plan, people: await impactByServices(run, workspace) }
      },
    )
  } catch (thrown) {
    if (run.signal.aborted) throw thrown
    return { failure: plainError(toPlumblineError(thrown)) }
  }
}
