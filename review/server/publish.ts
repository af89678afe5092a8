import { code } from '../../config/text/markdown.ts'
import { shortened } from '../../config/text/printable.ts'
import type { PullRequest } from '../../forge/model.ts'
import { post } from '../post.ts'
import { markerOf } from '../sticky.ts'
import type { Desk } from './context.ts'
import { aheadOf, type HeldElsewhere, jsonDigest, lockObjects, PULLS, type PullState, put, rivalsOf } from './state.ts'

const MARKER = markerOf('server')

/** Most of a list in a comment. */
const MOST = 10
const WIDTH = 100

const objectIn = ({ object }: HeldElsewhere): string => code(shortened(object, WIDTH))

/** Who stands in the way, and who waits. */
interface Standing {
  readonly conflicts: readonly HeldElsewhere[]
  readonly rivals: readonly HeldElsewhere[]
}

async function standingOf({ store }: Desk, state: PullState): Promise<Standing> {
  const { id, objects, unlocked, locks } = state
  const rivals = await rivalsOf(store, state)
  const held =
    unlocked || !locks ? rivals.filter((rival) => rival.locks) : await lockObjects(store, Number(id), objects)
  const conflicts = [...held, ...(await aheadOf(store, state)).filter(({ pull }) => !held.some((c) => c.pull === pull))]
  const before = new Set(conflicts.map(({ pull }) => pull))
  return { conflicts, rivals: rivals.filter(({ pull }) => !before.has(pull)) }
}

/** Whether somebody has agreed to exactly what becomes weaker. */
export const isConsented = ({ consent, weakenings }: PullState): boolean => consent?.to === weakenings

/** Writes comment and check, unless they say so already. Returns who stands in the way. */
export async function tellPull(desk: Desk, pull: PullRequest, state: PullState): Promise<readonly HeldElsewhere[]> {
  const standing = await standingOf(desk, state)
  const [verdict = '', ...rest] = state.text.split('\n\n')
  const text = [verdict, ...statusOf(desk, pull, state, standing), ...rest].join('\n\n')
  const result = resultOf(state, standing)
  const written = jsonDigest([text, result, state.head])
  // Whoever answers at once to what is shown has to find it here.
  await put(desk.store, PULLS, state)
  const comment =
    written === state.written
      ? undefined
      : await post(
          { forge: desk.forge, pull, marker: MARKER, commit: state.head },
          { ...result, text, annotations: state.annotations },
        )
  const isNew = comment !== undefined && state.shown?.weakenings !== state.weakenings
  const shown = isNew ? { shown: { weakenings: state.weakenings, at: comment.updatedAt } } : {}
  await put(desk.store, PULLS, { ...state, ...shown, written })
  return standing.conflicts
}

function resultOf(state: PullState, { conflicts: [first] }: Standing): Pick<PullState, 'conclusion' | 'title'> {
  if (state.conclusion === 'failure') return { conclusion: 'failure', title: state.title }
  if (first !== undefined) return { conclusion: 'action required', title: `Waits for pull request ${first.pull}.` }
  if (state.verdict === 'weakens' && isConsented(state))
    return { conclusion: 'success', title: 'This change makes logins weaker, and somebody approved it.' }
  return { conclusion: state.conclusion, title: state.title }
}

function statusOf(desk: Desk, pull: PullRequest, state: PullState, { conflicts, rivals }: Standing): readonly string[] {
  const { consent, verdict, applied, head } = state
  const lines = [
    ...conflicts.slice(0, MOST).map((c) => `🔒 Waits for #${c.pull}, which was first to change ${objectIn(c)}.`),
    ...rivals.slice(0, MOST).map((c) => `🔒 #${c.pull} changes ${objectIn(c)}, too, and waits for this one.`),
    ...(verdict === 'weakens' && consent !== undefined && isConsented(state)
      ? [`✅ ${code(consent.by)} approved weaker logins.`]
      : []),
    ...(applied === head ? ['✅ Applied.'] : []),
    ...(desk.live ? liveStatus(desk, pull, state) : []),
  ]
  return lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')]
}

function liveStatus({ appliesOnMerge, branch }: Desk, pull: PullRequest, state: PullState): readonly string[] {
  const { live, unplanned, verdict, trust, base, applied, head } = state
  if (pull.base.branch !== branch)
    return [`The systems follow ${code(branch)}, so they are not asked about a change of ${code(pull.base.branch)}.`]
  if (pull.state === 'open' && pull.isFork)
    return ['From a fork: it gets no secret, so the systems are asked after the merge.']
  if (!live && verdict !== 'broken')
    return [
      'The systems were not asked, because the author has no write permission here. Somebody who has can comment `plumbline plan`.',
    ]
  const missing = unplanned.map((name) => `There is no plan that can be applied for ${code(name)}.`)
  const waits = pull.state === 'merged' && applied !== head && (!appliesOnMerge || trust !== base)
  return [
    ...missing,
    ...(waits ? ['Merged, and not applied yet. Look at the plan, then comment `plumbline apply`.'] : []),
  ]
}
