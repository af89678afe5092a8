import { onOneLine } from '../config/text/printable.ts'
import type { Annotation } from '../forge/model.ts'
import { type Finding, findingsOf, RULES } from './findings.ts'
import type { Review } from './model.ts'

const LEVELS = { error: 'failure', warning: 'warning', note: 'notice' } as const

/** The findings on their lines. `toPath` makes of the name of a file the path from the root of the repository. */
export const annotationsOf = (review: Review, toPath: (file: string) => string): readonly Annotation[] =>
  review.environments.flatMap(findingsOf).flatMap((finding) => onLines(finding, toPath))

const onLines = ({ rule, level, text, places }: Finding, toPath: (file: string) => string): readonly Annotation[] =>
  places.flatMap(({ file, line }) =>
    file === undefined
      ? []
      : [{ path: toPath(file), line: line ?? 1, level: LEVELS[level], title: RULES[rule], text: onOneLine(text) }],
  )
