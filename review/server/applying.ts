import { code } from '../../config/text/markdown.ts'
import { shortened } from '../../config/text/printable.ts'
import type { PullRequest } from '../../forge/model.ts'
import type { Plan } from '../../reconciler/model.ts'
import { stick } from '../sticky.ts'
import { applied } from './command-line.ts'
import type { Desk } from './context.ts'
import { planDifferences } from './differences.ts'
import { isConsented, tellPull } from './publish.ts'
import { releasePull } from './release.ts'
import { reviewOf } from './reviewing.ts'
import { PULLS, type PullState, pullState, put } from './state.ts'

/** A merged pull request: its reviewed plan is applied, or made anew and left to a command. */
export async function applyMerged(
  desk: Desk,
  pull: PullRequest,
  before: PullState | undefined,
  planned: boolean,
): Promise<void> {
  if (before !== undefined && !before.open) return
  // Of what was merged before the server came nothing is known, and nothing is done.
  if (before === undefined && !planned) return
  if (!desk.live || pull.base.branch !== desk.branch) return before && releasePull(desk, pull, before)
  if (before === undefined || planned || !(await isReviewed(desk, pull, before))) {
    const now = await planAgain(desk, pull, before)
    return isEmpty(now) ? finish(desk, pull, now) : undefined
  }
  if (!desk.appliesOnMerge || before.trust !== before.base) return void (await tellPull(desk, pull, before))
  await say(desk, pull, `merged ${before.head}`, await applyPull(desk, pull))
}

/** Whether somebody could see what the merge would do: a review beside the merge itself shows no change. */
async function isReviewed({ work: { mirror } }: Desk, pull: PullRequest, before: PullState): Promise<boolean> {
  if (!before.live || before.head !== pull.head.commit || before.unplanned.length > 0) return false
  const { base, head } = await mirror.fetch(pull)
  return (await mirror.before(before.base, { merge: pull.mergeCommit ?? base, head })) === before.base
}

/** By the merged revision: what it reaches was agreed to with the merge. */
async function planAgain(desk: Desk, pull: PullRequest, before: PullState | undefined): Promise<PullState> {
  const { base, head } = await desk.work.mirror.fetch(pull)
  const merge = pull.mergeCommit ?? base
  const from = await desk.work.mirror.before(before?.base ?? pull.base.commit, { merge, head })
  const state = await reviewOf(desk, pull, { base: from, head, merge, trust: merge, live: true, locks: true }, before)
  await tellPull(desk, pull, state)
  return state
}

const say = async (desk: Desk, pull: PullRequest, key: string, text: string): Promise<void> => {
  await stick(desk.forge, pull.number, `<!-- plumbline answer ${key} -->`, text)
}

const COMMAND = 'Look at the plan above; then comment `plumbline apply`.'

/** Applies what was reviewed, exactly. Returns what there is to say. */
export async function applyPull(desk: Desk, pull: PullRequest): Promise<string> {
  const state = await pullState(desk.store, pull.number)
  const refusal = refusalOf(desk, pull, state)
  if (refusal !== undefined || state === undefined) return `**Nothing was applied.** ${refusal ?? ''}`
  const [conflict] = await tellPull(desk, pull, state)
  if (conflict !== undefined)
    return `**Nothing was applied.** #${conflict.pull} was first to change ${code(shortened(conflict.object, 100))}: merge or close it, or comment \`plumbline unlock\` there.`
  // What the merge has made is not here yet.
  const { base } = await desk.work.mirror.fetch(pull)
  const commit = pull.state === 'merged' ? (pull.mergeCommit ?? base) : state.merge
  const done: string[] = []
  for (const [environment, plan] of Object.entries(state.plans)) {
    const result = await applied(desk.work, {
      commit: commit ?? state.head,
      trust: state.trust,
      plan,
      change: pull.url,
      approvedBy: approversOf(state),
    })
    if (result.what === 'stale') return [...done, await staleness(desk, pull, state)].join('\n')
    if (result.what === 'failed') return [...done, failure(environment, result.why)].join('\n')
    done.push(`- ${code(environment)}: ${result.changed === 0 ? 'nothing to do' : `${result.changed} applied`}`)
  }
  await finish(desk, pull, state)
  return ['**Applied, as reviewed.**', '', ...done].join('\n')
}

/** Whose consent counts for what is applied. */
const approversOf = (state: PullState): readonly string[] =>
  isConsented(state) && state.consent !== undefined ? [state.consent.by] : []

async function finish(desk: Desk, pull: PullRequest, state: PullState): Promise<void> {
  const now = { ...state, applied: state.head }
  await put(desk.store, PULLS, now)
  await tellPull(desk, pull, now)
  if (pull.state === 'merged') await releasePull(desk, pull, (await pullState(desk.store, pull.number)) ?? now)
}

const failure = (environment: string, why: readonly string[]): string =>
  [
    `**${code(environment)} was not applied as a whole.**`,
    '',
    ...why.slice(0, 20).map((line) => `- ${code(line)}`),
    '',
    'Fix it, then comment `plumbline plan`.',
  ].join('\n')

/** The systems follow one branch. */
export const elsewhere = ({ branch }: Desk): string =>
  `The systems follow ${code(branch)}, and nothing else is applied.`

/** Why nothing may be applied; `undefined`: it may. */
function refusalOf(desk: Desk, pull: PullRequest, state: PullState | undefined): string | undefined {
  if (!desk.live) return 'This server reviews documents only.'
  if (pull.base.branch !== desk.branch) return elsewhere(desk)
  if (pull.state === 'closed') return 'The pull request is closed.'
  if (state === undefined || !state.open) return 'There is nothing left to apply.'
  if (pull.state === 'open' && pull.isFork) return 'It comes from a fork: its plan is made after the merge.'
  if (state.head !== pull.head.commit) return `There is another commit now. ${COMMAND}`
  if (state.applied === state.head && pull.state === 'open') return 'It was applied already.'
  if (!state.live) return 'There is no plan yet. Comment `plumbline plan` first.'
  if (state.conclusion === 'failure') return state.title
  if (state.verdict === 'weakens' && !isConsented(state))
    return 'It makes logins weaker. Somebody has to approve that first: `plumbline approve weakening`'
  const [missing] = state.unplanned
  if (missing === undefined) return undefined
  return `There is no plan that can be applied for ${code(missing)}: its reasons are in the review.`
}

/** The world has moved on: the plan is made anew, and what is different now is told. */
async function staleness(desk: Desk, pull: PullRequest, before: PullState): Promise<string> {
  const merged = pull.state === 'merged'
  const now = merged
    ? await planAgain(desk, pull, before)
    : await reviewOf(desk, pull, { ...before, merge: before.merge ?? before.head, live: true, locks: true }, before)
  if (!merged) await tellPull(desk, pull, now)
  const changes = Object.entries(now.plans).flatMap(([environment, plan]) =>
    planDifferences(planIn(before.plans[environment]), planIn(plan)).map((line) => `${environment}: ${line}`),
  )
  if (merged && isEmpty(now)) {
    await finish(desk, pull, now)
    return 'There is nothing left to do: the systems are as the documents say.'
  }
  const head = '**Nothing was applied: the plan is not what it was when it was reviewed.**'
  return [head, '', ...changes.slice(0, 20).map((line) => `- ${code(shortened(line, 500))}`), '', COMMAND].join('\n')
}

const isEmpty = ({ plans, unplanned }: PullState): boolean =>
  unplanned.length === 0 &&
  Object.values(plans).every((text) => planIn(text).steps.every(({ action }) => action === 'none'))

const NO_PLAN: Plan = { steps: [], finalize: [], orphans: [], diagnostics: [], digest: '' }

const planIn = (saved: string | undefined): Plan =>
  saved === undefined ? NO_PLAN : (JSON.parse(saved) as { readonly plan: Plan }).plan
