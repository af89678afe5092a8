import type { Code } from '../errors.ts'
import type { Diagnostic } from '../resource.ts'

/** What one document mends wherever it shows: a name that is missing, an allow list that lacks it. */
const MENDED_ONCE: ReadonlySet<Code> = new Set(['UNRESOLVED_REFERENCE', 'REFUSED'])

/** Mistakes that one document mends, however many name it: each message once, with the number of places. */
export function saidOnce(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const groups = Map.groupBy(diagnostics, (d) => (MENDED_ONCE.has(d.code) ? subjectOf(d.message) : d))
  return [...groups.values()].map((group) => countedIn(group[0] as Diagnostic, group.length))
}

/** What is not there, without the advice that follows. */
const subjectOf = (message: string): string => message.split(';')[0] ?? message

/** The first of several places stands for all. */
export function countedIn<D extends { readonly message: string }>(first: D, places: number): D {
  if (places === 1) return first
  return {
    ...first,
    message: `${first.message} (here and in ${places - 1} other ${places === 2 ? 'place' : 'places'})`,
  }
}
