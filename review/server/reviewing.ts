import { toPlumblineError } from '../../config/errors.ts'
import { code } from '../../config/text/markdown.ts'
import { shortened } from '../../config/text/printable.ts'
import type { PullRequest } from '../../forge/model.ts'
import { nameOfObject } from '../compare.ts'
import { findingsOf } from '../findings.ts'
import type { EnvironmentReview } from '../model.ts'
import { type ReviewPost, toldOf, toldOfFailure } from '../post.ts'
import { fromDocuments, type Reviewed, withPlan } from './command-line.ts'
import type { Desk } from './context.ts'
import type { Tips } from './mirror.ts'
import { jsonDigest, type PullState } from './state.ts'

export interface ReviewedPull extends Tips {
  readonly merge: string
  readonly trust: string
  readonly live: boolean
  readonly locks: boolean
}

/** Reviews a merged commit. A failure is told as a review is. */
export async function reviewOf(
  desk: Desk,
  pull: PullRequest,
  looked: ReviewedPull,
  before: PullState | undefined,
): Promise<PullState> {
  const { base, merge, trust, live } = looked
  try {
    const found = live
      ? await withPlan(desk.work, { base, commit: merge, trust })
      : await fromDocuments(desk.work, base, merge)
    const told = withLinks(toldOf(found.review, desk.write(found.review), false), await linksOf(desk, looked))
    return stateOf(pull, looked, told, before, found)
  } catch (thrown) {
    const error = toPlumblineError(thrown)
    if (error.retry !== 'never') throw error
    return stateOf(pull, looked, toldOfFailure(error), before)
  }
}

/** Links and submodules that the change brings. */
async function linksOf({ work: { mirror } }: Desk, { base, merge }: ReviewedPull): Promise<readonly string[]> {
  const before = new Set(await mirror.notFollowed(base))
  return (await mirror.notFollowed(merge)).filter((path) => !before.has(path))
}

function withLinks(told: ReviewPost, links: readonly string[]): ReviewPost {
  if (links.length === 0) return told
  const lines = links
    .slice(0, 20)
    .map((path) => `- 🔗 ${code(shortened(path, 100))} is a link or a submodule, and is not followed`)
  return { ...told, text: `${told.text}\n\n${lines.join('\n')}` }
}

/** What is kept of a review, or of why there is none. */
export function stateOf(
  { number }: PullRequest,
  looked: Tips & Partial<ReviewedPull>,
  { text, title, conclusion, annotations }: ReviewPost,
  before: PullState | undefined,
  found?: Reviewed,
): PullState {
  const { base, head, merge, trust = base, live = false, locks = false } = looked
  const review = found?.review
  return {
    id: String(number),
    open: true,
    base,
    head,
    ...(merge !== undefined && { merge }),
    trust,
    ...(review !== undefined && { verdict: review.verdict }),
    weakenings: jsonDigest(review?.environments.map(weakeningsOf) ?? []),
    objects: [...new Set(review?.environments.flatMap(objectsOf) ?? [])],
    planned: [...new Set(review?.environments.flatMap(plannedIn) ?? [])],
    plans: found?.plans ?? {},
    live,
    locks,
    unplanned: live ? (review?.environments ?? []).map(nameOf).filter((name) => found?.plans[name] === undefined) : [],
    annotations,
    text,
    title,
    conclusion,
    ...(before?.shown && { shown: before.shown }),
    ...(before?.consent && { consent: before.consent }),
    ...(before?.applied && { applied: before.applied }),
    ...(before?.written && { written: before.written }),
  }
}

/** As `review --out` names the plan of an environment. */
const nameOf = ({ environment }: EnvironmentReview): string => environment ?? 'project'

const weakeningsOf = (e: EnvironmentReview): unknown => [
  e.environment ?? '',
  findingsOf(e).flatMap(({ rule, text }) => (rule === 'weakening' ? [text] : [])),
  e.documents.flatMap(({ address, fields }) =>
    fields.flatMap(({ pointer, to, impact }) => (impact === 'weakens' ? [[address, pointer, to]] : [])),
  ),
]

const placed = ({ environment }: EnvironmentReview, object: string): string =>
  environment === undefined ? object : `${environment}: ${object}`

const objectsOf = (e: EnvironmentReview): readonly string[] =>
  e.documents.flatMap(({ objects }) => objects).map((object) => placed(e, object))

function plannedIn(e: EnvironmentReview): readonly string[] {
  const steps = e.live !== undefined && 'plan' in e.live ? e.live.plan.steps : []
  return steps.filter(({ action }) => action !== 'none').map((step) => placed(e, nameOfObject(step)))
}
