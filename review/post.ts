import { toPlumblineError } from '../config/errors.ts'
import { code } from '../config/text/markdown.ts'
import type { Annotation, Comment, Forge, PullRequest, Report } from '../forge/model.ts'
import { annotationsOf } from './annotations.ts'
import { VERDICTS } from './lines.ts'
import type { Review, Verdict } from './model.ts'
import { stick } from './sticky.ts'

/** Name of the check, as rules of a branch name it. */
const CHECK = 'plumbline'

const CONCLUSIONS: Readonly<Record<Verdict, Report['conclusion']>> = {
  nothing: 'success',
  safe: 'success',
  weakens: 'action required',
  'locks out': 'failure',
  broken: 'failure',
}

/** What is written of a commit: the comment, and the line that the check shows. */
export interface ReviewPost {
  readonly conclusion: Report['conclusion']
  /** One line. */
  readonly title: string
  /** Markdown, the verdict first. */
  readonly text: string
  readonly annotations: readonly Annotation[]
}

/** What is told of a review. `consented`: somebody approved weaker logins. */
export function toldOf(
  review: Review,
  text: string,
  consented: boolean,
  toPath: (file: string) => string = (file) => file,
): ReviewPost {
  const agreed = review.verdict === 'weakens' && consented
  return {
    conclusion: agreed ? 'success' : CONCLUSIONS[review.verdict],
    title: agreed ? 'This change makes logins weaker, and somebody approved it.' : VERDICTS[review.verdict],
    text,
    annotations: annotationsOf(review, toPath),
  }
}

/** What is told when there is no review: why. */
export function toldOfFailure(thrown: unknown): ReviewPost {
  const { message, help } = toPlumblineError(thrown)
  const title = 'The change could not be reviewed.'
  const lines = [`**${title}**`, code(message), ...(help === undefined ? [] : [code(help)])]
  return { conclusion: 'failure', title, text: lines.join('\n\n'), annotations: [] }
}

export interface Posting {
  readonly forge: Forge
  readonly pull: PullRequest
  readonly marker: string
  /** The commit that was looked at. */
  readonly commit: string
}

/**
 * Writes comment and check. The check belongs to the commit that was looked at; the comment is left alone when the pull
 * request has moved on, since whoever looks at the newer commit writes it. Throws as the forge does.
 */
export async function post({ forge, pull, marker, commit }: Posting, told: ReviewPost): Promise<Comment | undefined> {
  const { conclusion, title, text, annotations } = told
  const isPresent = pull.head.commit === commit
  const signed = `${text}\n\n<sub>Commit ${commit.slice(0, 6)} by plumbline review</sub>`
  const comment = isPresent ? await stick(forge, pull.number, marker, signed) : undefined
  const url = comment === undefined ? {} : { url: comment.url }
  await forge.report(commit, { name: CHECK, conclusion, title, summary: text, annotations, ...url })
  return comment
}
