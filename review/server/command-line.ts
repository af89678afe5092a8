import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toPlumblineError } from '../../config/errors.ts'
import type { Review } from '../model.ts'
import { type Plumbline, resultIn } from './child-process.ts'
import type { Mirror, Tips } from './mirror.ts'

/** How the server runs the command line. */
export interface WorkOptions {
  readonly mirror: Mirror
  readonly plumbline: Plumbline
  /** Project file or folder in the repository. */
  readonly project?: string
  readonly environment?: string
  readonly prune?: true
}

/** A review with the plans that `apply` takes, by environment. */
export interface Reviewed {
  readonly review: Review
  readonly plans: Readonly<Record<string, string>>
}

const selection = ({ project, environment }: WorkOptions): readonly string[] => [
  ...(project === undefined ? [] : ['--project', project]),
  ...(environment === undefined ? [] : ['--environment', environment]),
]

/** Reviews a commit from its documents alone, in a folder that is gone afterwards, without a secret. */
export const fromDocuments = (options: WorkOptions, base: string, commit: string): Promise<Reviewed> =>
  options.mirror.checkedOut(commit, async (folder) => {
    const args = ['review', '--base', base, '--format', 'json', ...selection(options)]
    return { review: resultIn<Review>(await options.plumbline(folder, args, false)), plans: {} }
  })

/** Reviews a commit with its plan. `trust`: the revision that decides what is read and reached. */
export async function withPlan(
  options: WorkOptions,
  { base, commit, trust }: { readonly base: string; readonly commit: string; readonly trust: string },
): Promise<Reviewed> {
  const folder = await options.mirror.live(commit)
  return inScratch(async (plans) => {
    const more = [...selection(options), ...(options.prune ? ['--prune'] : [])]
    // Without a name of its own the base decides about secrets, too.
    const trusting = trust === base ? [] : ['--trust', trust]
    const args = ['review', '--base', base, '--live', '--out', plans, '--format', 'json', ...trusting, ...more]
    const review = resultIn<Review>(await options.plumbline(folder, args, true))
    const names = (await readdir(plans)).filter((name) => name.endsWith('.plan'))
    const saved = names.map(async (name) => [name.slice(0, -'.plan'.length), await readFile(join(plans, name), 'utf8')])
    return { review, plans: Object.fromEntries(await Promise.all(saved)) }
  })
}

async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-review-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What became of a plan. */
export type Applied =
  | { readonly what: 'done'; readonly changed: number }
  | { readonly what: 'stale' }
  | { readonly what: 'failed'; readonly why: readonly string[] }

interface Outcomes {
  readonly outcomes: readonly {
    readonly address: string
    readonly action: string
    readonly status: string
    readonly error?: { readonly message: string }
  }[]
}

/** A reviewed plan, with what its record says of it. */
interface Reviewing {
  readonly commit: string
  readonly trust: string
  readonly plan: string
  /** Address of the pull request. */
  readonly change: string
  readonly approvedBy: readonly string[]
}

/** Applies exactly a saved plan to the systems, from the files of a commit, or nothing. */
export async function applied(
  { mirror, plumbline }: WorkOptions,
  { commit, trust, plan, change, approvedBy }: Reviewing,
): Promise<Applied> {
  const folder = await mirror.live(commit)
  return inScratch(async (scratch) => {
    const file = join(scratch, 'reviewed.plan')
    await writeFile(file, plan, { mode: 0o600 })
    const said = ['--change', change, ...approvedBy.flatMap((who) => ['--approved-by', who])]
    const args = ['apply', file, '--trust', trust, '--lock-timeout', '10m', '--format', 'json', ...said]
    try {
      return outcomeOf(resultIn<Outcomes>(await plumbline(folder, args, true)))
    } catch (thrown) {
      const error = toPlumblineError(thrown)
      if (error.code === 'PLAN_STALE') return { what: 'stale' }
      return { what: 'failed', why: [error.message] }
    }
  })
}

function outcomeOf({ outcomes }: Outcomes): Applied {
  const bad = outcomes.filter(({ status }) => status !== 'done')
  if (bad.length > 0)
    return { what: 'failed', why: bad.map((o) => `${o.address} ${o.action}: ${o.error?.message ?? o.status}`) }
  return { what: 'done', changed: outcomes.filter(({ action }) => action !== 'none').length }
}

/** What a login demands, as Markdown, by the systems and the files of a commit. */
export async function explained(
  options: WorkOptions,
  { base }: Tips,
  { tenant, user }: { readonly tenant: string; readonly user?: string },
): Promise<string> {
  const folder = await options.mirror.live(base)
  const who = user === undefined ? [] : ['--user', user]
  const args = ['explain', 'login', '--tenant', tenant, ...who, '--trust', base, ...selection(options)]
  const ran = await options.plumbline(folder, [...args, '--format', 'markdown'], true)
  if (ran.code === 0) return ran.stdout.trim()
  // The failure is told as JSON only.
  return resultIn(await options.plumbline(folder, [...args, '--format', 'json'], true))
}
