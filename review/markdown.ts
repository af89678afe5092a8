import { formatDiagnostic } from '../config/resource.ts'
import { code, prose } from '../config/text/markdown.ts'
import { shortened } from '../config/text/printable.ts'
import type { Plan } from '../reconciler/model.ts'
import { fieldLine, headOf, reviewTitle, telling, VERDICTS, whereOf } from './lines.ts'
import { peopleLines } from './live.ts'
import type { DocumentChange, DocumentPlace, EnvironmentReview, Live, PolicyChange, Reach, Review } from './model.ts'

export interface MarkdownOptions {
  /** Most bytes (default: what a comment of a forge may have, with room for what is around it). */
  readonly most?: number
  /** How a plan is written; without it only what stands in its way is. */
  readonly planOf?: (plan: Plan) => string
}

const MOST_BYTES = 60_000
/** Of one text of a document. */
const WIDTH = 500

/** How much is said. */
interface Level {
  /** Lines of one list. */
  readonly lines: number
  readonly documents: boolean
  readonly plan: boolean
}

const ALL: Level = { lines: Number.POSITIVE_INFINITY, documents: true, plan: true }
/** What is too long loses folded parts first, then the ends of lists. */
const LEVELS: readonly Level[] = [
  ALL,
  { ...ALL, plan: false },
  { ...ALL, plan: false, documents: false },
  ...[50, 10, 3, 1].map((lines) => ({ lines, documents: false, plan: false })),
]

/**
 * The review as a comment: the verdict first, then what changes for people, then documents and plan, folded. Whatever comes
 * from a document or a system is escaped. What is too long loses its folded parts and the ends of lists, and says so; the
 * verdict stays.
 */
export function reviewMarkdown(review: Review, { most = MOST_BYTES, planOf }: MarkdownOptions = {}): string {
  const fits = LEVELS.map((level) => written(review, level, planOf)).find((text) => Buffer.byteLength(text) <= most)
  return (
    fits ??
    [verdictOf(review), 'The whole review is too long for a comment; run `plumbline review` to read it.'].join('\n\n')
  )
}

const verdictOf = ({ verdict }: Review): string => `**${VERDICTS[verdict]}**`

type PlanWriter = MarkdownOptions['planOf']

const written = (review: Review, level: Level, planOf: PlanWriter): string =>
  [
    verdictOf(review),
    ...lists([review.project.map(reachLine)], level.lines),
    ...telling(review).flatMap((e) => [
      `#### ${code(reviewTitle(e))}`,
      ...peopleOf(e, level.lines),
      ...documentsOf(e, level.documents),
      ...(e.live === undefined ? [] : liveOf(e.live, level.plan, planOf)),
    ]),
  ].join('\n\n')

const clipped = (text: string): string => shortened(text, WIDTH)

function peopleOf({ diagnostics, lockouts, policy, reach, live }: EnvironmentReview, most: number): readonly string[] {
  const weaker = policy.filter(({ impact }) => impact === 'weakens')
  const others = policy.filter(({ impact }) => impact !== 'weakens')
  const found = [
    diagnostics.map((d) => `❌ ${code(clipped(formatDiagnostic(d)))}`),
    lockouts.map(({ tenant, text, causes, mend }) =>
      [
        `⛔ **${code(clipped(tenant))}: ${prose(clipped(text))}**`,
        `because of ${places(causes)}`,
        ...(mend === undefined ? [] : [`to mend: ${code(clipped(mend))}`]),
      ].join('; '),
    ),
    weaker.map((p) => policyLine('⚠️', p)),
    others.map((p) => policyLine(p.impact === 'tightens' ? '🔒' : 'ℹ️', p)),
    peopleLines(live).map((line) => `👥 ${prose(clipped(line))}`),
    reach.map(reachLine),
  ]
  return lists(found, most)
}

const reachLine = ({ text, place }: Reach): string =>
  `🔎 ${prose(clipped(text))} at ${code(whereOf(place))}; shown, not followed`

const lists = (all: readonly (readonly string[])[], most: number): readonly string[] =>
  all.filter((items) => items.length > 0).map((items) => list(items, most))

const list = (items: readonly string[], most: number): string => {
  const left = items.length - most
  const shown = left > 0 ? [...items.slice(0, most), `and ${left} more; run \`plumbline review\` to read them`] : items
  return shown.map((item) => `- ${item}`).join('\n')
}

const policyLine = (mark: string, { tenant, text, causes }: PolicyChange): string =>
  `${mark} ${code(clipped(tenant))}: ${prose(clipped(text))} (${places(causes)})`

/** Of many causes the first ones say where to look. */
const MOST_PLACES = 5

function places(causes: readonly DocumentPlace[]): string {
  const all = [...new Set(causes.map((cause) => code(clipped(`${whereOf(cause)} ${cause.pointer}`))))]
  const left = all.length - MOST_PLACES
  return [...all.slice(0, MOST_PLACES), ...(left > 0 ? [`${left} more`] : [])].join(', ')
}

function documentsOf({ documents }: EnvironmentReview, listed: boolean): readonly string[] {
  if (documents.length === 0) return []
  const summary = `${documents.length} ${documents.length === 1 ? 'document' : 'documents'}`
  if (!listed) return [`${summary} changed; too many to list here.`]
  return [folded(summary, documents.map(documentOf).join('\n'))]
}

/** Shown when somebody opens it. */
export const folded = (summary: string, body: string): string =>
  `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`

const documentOf = (document: DocumentChange): string =>
  [
    `- ${code(clipped(headOf(document)))}`,
    ...document.fields.map((field) => `  - ${code(clipped(fieldLine(field)))}`),
  ].join('\n')

function liveOf(live: Live, listed: boolean, planOf: PlanWriter): readonly string[] {
  if ('failure' in live) return [`❌ There is no plan: ${code(clipped(live.failure.message))}`]
  const { plan } = live
  const failed = plan.diagnostics.filter(({ severity }) => severity === 'error')
  return [
    ...failed.map((d) => `❌ ${code(clipped(d.message))}`),
    ...(planOf === undefined ? [] : [listed ? planOf(plan) : 'The plan is too long to list here.']),
  ]
}
