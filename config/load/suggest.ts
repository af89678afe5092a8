import { distance } from 'fastest-levenshtein'

/** The known name that a person most likely meant, as a sentence part; empty when none is near. */
export function didYouMean(written: string, known: readonly string[]): string {
  const name = nearest(written, known)
  return name === undefined ? '' : `; did you mean ${name}?`
}

/** Single edits between two words; two letters that changed places are one (Damerau 1964). */
function edits(written: string, name: string): number {
  const at = [...written].findIndex((letter, i) => letter !== name[i])
  const swapped = `${written.slice(0, at)}${written[at + 1] ?? ''}${written[at] ?? ''}${written.slice(at + 2)}`
  return at >= 0 && swapped === name ? 1 : distance(written, name)
}

/** More names than a person would look through; comparing with all of a large project takes too long. */
const MAX_KNOWN = 500

/** The known name nearest to a written one: at most a third of its letters differ; letter case does not count. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const word = written.slice(0, 100).toLowerCase()
  const ranked = known
    .slice(0, MAX_KNOWN)
    .map((name) => ({ name, far: edits(word, name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
  const best = ranked[0]
  return best && best.far <= Math.max(1, Math.floor(word.length / 3)) ? best.name : undefined
}
