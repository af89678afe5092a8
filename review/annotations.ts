import { shortened } from '../config/text/printable.ts'
import type { Annotation } from '../forge/model.ts'
import { type Finding, findingsOf, REVIEW_RULES } from './findings.ts'
import type { Review } from './model.ts'

const ORDER = ['error', 'warning', 'note']
const LEVELS = { error: 'failure', warning: 'warning', note: 'notice' } as const

/** More on one commit nobody reads; each 50 are a call. */
const MOST = 250
/** Of one text. */
const WIDTH = 1000

/** The findings on their lines, the worst first. `toPath` makes of the name of a file the path from the root of the repository. */
export const annotationsOf = (review: Review, toPath: (file: string) => string): readonly Annotation[] =>
  review.environments
    .flatMap(findingsOf)
    .toSorted((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level))
    .flatMap((finding) => onLines(finding, toPath))
    .slice(0, MOST)

const onLines = ({ rule, level, text, places }: Finding, toPath: (file: string) => string): readonly Annotation[] =>
  places.flatMap(({ file, line }) =>
    file === undefined
      ? []
      : [
          {
            path: toPath(file),
            line: line ?? 1,
            level: LEVELS[level],
            title: REVIEW_RULES[rule],
            text: shortened(text, WIDTH),
          },
        ],
  )
