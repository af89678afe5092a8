import { code } from '../../config/text/markdown.ts'
import type { PullRequest } from '../../forge/model.ts'
import type { ReviewPost } from '../post.ts'
import { stick } from '../sticky.ts'
import { applyMerged } from './applying.ts'
import type { Desk } from './context.ts'
import { takeLabel } from './label.ts'
import type { Tips } from './mirror.ts'
import { tellPull } from './publish.ts'
import { enqueuePull } from './queue.ts'
import { releasePull } from './release.ts'
import { reviewOf, stateOf } from './reviewing.ts'
import { type PullState, pullState, rivalsOf } from './state.ts'

/** Brings what is told of a pull request up to date. `planned`: somebody who may wants its plan made anew. */
export async function lookAtPull(desk: Desk, pull: PullRequest, planned: boolean): Promise<void> {
  const before = await pullState(desk.store, pull.number)
  if (pull.state === 'closed') return before?.open ? close(desk, pull, before) : undefined
  if (pull.state === 'merged') return applyMerged(desk, pull, before, planned)
  const tips = await desk.work.mirror.fetch(pull)
  const isKnown = before !== undefined && before.head === tips.head && before.base === tips.base && before.open
  // The forge is merging it: beside a base that holds it there is no change to see.
  const isMerging = before?.open && (await desk.work.mirror.holds(tips.base, tips.head))
  if ((isKnown || isMerging) && !planned) {
    await tellPull(desk, pull, before)
    return takeLabel(desk, pull)
  }
  const state = await reviewed(desk, pull, tips, before, planned)
  await tellPull(desk, pull, state)
  await takeLabel(desk, pull)
  await tellRivals(desk, before === undefined ? [state] : [before, state])
}

/** What was applied and never merged is in the systems, and in no document of the base. */
async function close(desk: Desk, pull: PullRequest, state: PullState): Promise<void> {
  if (state.applied !== undefined) {
    const text = `**Applied, and closed without a merge.** The systems are not as ${code(pull.base.branch)} says: \`plumbline plan\` there shows the difference.`
    await stick(desk.forge, pull.number, `<!-- plumbline answer closed ${state.applied} -->`, text)
  }
  await releasePull(desk, pull, state)
}

/** Those that this one stands beside from now on, or did until now, say so, too. */
async function tellRivals({ store, now }: Desk, states: readonly PullState[]): Promise<void> {
  const rivals = await Promise.all(states.map((state) => rivalsOf(store, state)))
  for (const pull of new Set(rivals.flat().map((rival) => rival.pull))) await enqueuePull(store, now(), pull)
}

async function reviewed(
  desk: Desk,
  pull: PullRequest,
  tips: Tips,
  before: PullState | undefined,
  planned: boolean,
): Promise<PullState> {
  const merge = await desk.work.mirror.merge(tips)
  if (merge === undefined) return stateOf(pull, tips, clash(pull), before)
  const wanted = planned || (before?.locks === true && before.head === tips.head)
  const locks = await isBacked(desk, pull, wanted)
  const live = locks && desk.live && pull.base.branch === desk.branch
  return reviewOf(desk, pull, { ...tips, merge, trust: tips.base, live, locks }, before)
}

const clash = ({ base }: PullRequest): ReviewPost => {
  const title = 'The change conflicts with its base.'
  const text = `**${title}**\n\nBring ${code(base.branch)} into the branch, and resolve the conflicts.`
  return { conclusion: 'failure', title, text, annotations: [] }
}

/**
 * Whether somebody who may write stands behind it, as its author or by a command. Nothing else asks a system or keeps
 * others waiting, and a fork never does.
 */
async function isBacked({ forge }: Desk, { isFork, author }: PullRequest, wanted: boolean): Promise<boolean> {
  if (isFork) return false
  if (wanted) return true
  const right = await forge.permissionOf(author)
  return right === 'write' || right === 'admin'
}
