import { formatDiagnostic } from '../config/resource.ts'
import { onOneLine } from '../config/text/printable.ts'
import { causeLines, fieldLine, headOf, reviewTitle, telling, VERDICTS, whereOf } from './lines.ts'
import { peopleLines } from './live.ts'
import type { EnvironmentReview, Reach, Review } from './model.ts'

/** The review for a terminal: the verdict first, then people, then documents. */
export function reviewText(review: Review): string {
  const project = review.project.map(reachLine)
  return [
    VERDICTS[review.verdict],
    ...project,
    ...telling(review).flatMap((e) => ['', `${reviewTitle(e)}:`, ...bodyOf(e)]),
  ]
    .map(onOneLine)
    .join('\n')
}

function bodyOf({ diagnostics, lockouts, policy, reach, documents, live }: EnvironmentReview): readonly string[] {
  return [
    ...diagnostics.map((d) => `  ${formatDiagnostic(d)}`),
    ...lockouts.flatMap(({ tenant, text, causes, mend }) => [
      `  ! ${tenant}: ${text}`,
      `      because of ${causeLines(causes)}`,
      ...(mend === undefined ? [] : [`      to mend: ${mend}`]),
    ]),
    ...policy.map(
      ({ tenant, text, impact, causes }) => `  ${MARKS[impact]} ${tenant}: ${text}  [${causeLines(causes)}]`,
    ),
    ...peopleLines(live).map((line) => `  ${MARKS.neutral} ${line}`),
    ...reach.map((r) => `  ${reachLine(r)}`),
    ...documents.flatMap((d) => [`  ${headOf(d)}`, ...d.fields.map((field) => `      ${fieldLine(field)}`)]),
  ]
}

const reachLine = ({ text, place }: Reach): string => `? ${text} (${whereOf(place)}); shown, not followed`

const MARKS = { weakens: '-', tightens: '+', neutral: '~' } as const
