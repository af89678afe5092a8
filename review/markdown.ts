import { formatDiagnostic } from '../config/resource.ts'
import { code, plain } from '../config/text/markdown.ts'
import { fieldLine, headOf, telling, titleOf, VERDICTS, whereOf } from './lines.ts'
import type { DocumentChange, EnvironmentReview, Place, PolicyChange, Review } from './model.ts'

/** Bytes that a comment of GitHub may have, with room for what is around it. */
const MOST_BYTES = 60_000

/**
 * The review as a comment: the verdict first, then what changes for people, then documents, folded. Whatever comes from a
 * document is escaped. What is too long loses its folded parts, never the verdict or what concerns people.
 */
export function reviewMarkdown(review: Review): string {
  const whole = written(review, documentsOf)
  if (Buffer.byteLength(whole) <= MOST_BYTES) return whole
  const counted = written(review, ({ documents }) => [`${documents.length} documents changed; too many to list here.`])
  if (Buffer.byteLength(counted) <= MOST_BYTES) return counted
  return [verdictOf(review), 'The whole review is too long for a comment; run `plumbline review` to read it.'].join(
    '\n\n',
  )
}

type Documents = (environment: EnvironmentReview) => readonly string[]

const verdictOf = ({ verdict }: Review): string => `**${VERDICTS[verdict]}**`

const written = (review: Review, documents: Documents): string =>
  [
    verdictOf(review),
    ...telling(review).flatMap((e) => [`#### ${code(titleOf(e))}`, ...peopleOf(e), ...documents(e)]),
  ].join('\n\n')

function peopleOf({ diagnostics, lockouts, policy, reach }: EnvironmentReview): readonly string[] {
  return [
    list(diagnostics.map((d) => `❌ ${code(formatDiagnostic(d))}`)),
    list(
      lockouts.map(({ tenant, text, causes, mend }) =>
        [
          `⛔ **${code(tenant)}: ${plain(text)}**`,
          `because of ${places(causes)}`,
          ...(mend === undefined ? [] : [`to mend: ${code(mend)}`]),
        ].join('; '),
      ),
    ),
    list(policy.filter(({ impact }) => impact === 'weakens').map((p) => policyLine('⚠️', p))),
    list(
      policy
        .filter(({ impact }) => impact !== 'weakens')
        .map((p) => policyLine(p.impact === 'tightens' ? '🔒' : 'ℹ️', p)),
    ),
    list(reach.map(({ text, place }) => `🔎 ${plain(text)} at ${code(whereOf(place))}; shown, not followed`)),
  ].filter((text) => text !== '')
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')

const policyLine = (mark: string, { tenant, text, causes }: PolicyChange): string =>
  `${mark} ${code(tenant)}: ${plain(text)} (${places(causes)})`

const places = (causes: readonly Place[]): string =>
  [...new Set(causes.map((cause) => code(`${whereOf(cause)} ${cause.pointer}`)))].join(', ')

function documentsOf({ documents }: EnvironmentReview): readonly string[] {
  if (documents.length === 0) return []
  const summary = `${documents.length} ${documents.length === 1 ? 'document' : 'documents'}`
  return [`<details><summary>${summary}</summary>\n\n${documents.map(documentOf).join('\n')}\n\n</details>`]
}

const documentOf = (document: DocumentChange): string =>
  [`- ${code(headOf(document))}`, ...document.fields.map((field) => `  - ${code(fieldLine(field))}`)].join('\n')
