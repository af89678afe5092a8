import { parse } from '@marcbachmann/cel-js'
import { isDay } from '../exceptions.ts'
import { KINDS } from '../kinds/index.ts'
import { didYouMean } from '../load/suggest.ts'
import type { ShapeMistake } from '../validate/shape.ts'
import type { ProjectFile } from './schema.ts'

type Written = NonNullable<ProjectFile['posture']>
type Rule = NonNullable<Written['rules']>[number]

/** What a project demands of its documents, with nothing left out. */
export interface PostureDemands {
  readonly rules: readonly (Rule & { readonly about: string })[]
  readonly without: readonly string[]
  readonly exceptions: NonNullable<Written['exceptions']>
}

export const postureIn = ({ posture = {} }: ProjectFile): PostureDemands => ({
  rules: (posture.rules ?? []).map((rule) => ({ about: 'Login', ...rule })),
  without: posture.without ?? [],
  exceptions: posture.exceptions ?? [],
})

/** Expressions that cannot be read, kinds that are none, days that are none, in a file of good shape. */
export function postureMistakes({ posture }: ProjectFile): readonly ShapeMistake[] {
  const rules = (posture?.rules ?? []).flatMap((rule, i) => ruleMistakes(rule, `/posture/rules/${i}`))
  const days = (posture?.exceptions ?? []).flatMap(({ until }, i) =>
    isDay(until) ? [] : [{ pointer: `/posture/exceptions/${i}/until`, message: `${until} is not a date` }],
  )
  return [...rules, ...days]
}

const SUBJECTS = ['Login', ...KINDS.map(({ name }) => name)]

function ruleMistakes(rule: Rule, at: string): readonly ShapeMistake[] {
  const { about = 'Login', when, cel } = rule
  const kind = SUBJECTS.includes(about)
    ? []
    : [{ pointer: `${at}/about`, message: `there is no kind ${about}${didYouMean(about, SUBJECTS)}` }]
  return [...kind, ...celMistakes(when, `${at}/when`), ...celMistakes(cel, `${at}/cel`)]
}

function celMistakes(expression: string | undefined, pointer: string): readonly ShapeMistake[] {
  if (expression === undefined) return []
  try {
    parse(expression)
    return []
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'unknown'
    return [{ pointer, message: `this is no CEL expression: ${reason}` }]
  }
}
