import type { Diagnostic } from '../resource.ts'

/** Mistakes that one document mends, however many name it: each message once, with the number of places. */
export function saidOnce(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const groups = Map.groupBy(diagnostics, (d) => (d.code === 'UNRESOLVED_REFERENCE' ? d.message : d))
  return [...groups.values()].map((group) => countedIn(group[0] as Diagnostic, group.length))
}

/** The first of several places stands for all. */
export function countedIn<D extends { readonly message: string }>(first: D, places: number): D {
  if (places === 1) return first
  return {
    ...first,
    message: `${first.message} (here and in ${places - 1} other ${places === 2 ? 'place' : 'places'})`,
  }
}
