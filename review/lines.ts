import type { DocumentChange, DocumentPlace, EnvironmentReview, FieldChange, Review, Verdict } from './model.ts'

/** The first line of every report. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  nothing: 'The documents say the same as before.',
  safe: 'Nothing that this change does makes a login weaker.',
  weakens: 'This change makes logins weaker. It needs consent.',
  'locks out': 'This change locks people out.',
  broken: 'The documents have mistakes.',
}

export const reviewTitle = ({ environment = 'the project', comparedWith }: EnvironmentReview): string =>
  comparedWith === undefined ? environment : `${environment} (compared with ${comparedWith})`

/** `file:line`, or the address where a document is in no file. */
export const whereOf = ({ address, file, line }: Omit<DocumentPlace, 'pointer'>): string =>
  file === undefined ? address : `${file}:${line ?? 1}`

export const causeLines = (causes: readonly DocumentPlace[]): string =>
  [...new Set(causes.map((cause) => `${cause.address}${cause.pointer} (${whereOf(cause)})`))].join(', ')

const WORDS: Readonly<Record<DocumentChange['what'], string>> = {
  added: 'added',
  removed: 'removed',
  changed: 'changed',
  moved: 'moved',
}

const PRUNES: Readonly<Record<NonNullable<DocumentChange['prune']>, string>> = {
  forget: 'stays as it is',
  delete: 'stays until --prune deletes it',
  reset: 'stays until --prune sets it back to its defaults',
}

export function headOf({ what, address, before, objects, prune }: DocumentChange): string {
  const head = before === undefined ? `${address}  ${WORDS[what]}` : `${address}  ${WORDS[what]} from ${before}`
  if (prune === undefined) return head
  const [left, next] = objects
  return next === undefined
    ? `${head}; the object ${PRUNES[prune]}`
    : `${head}; it means ${next} now, and ${left} ${PRUNES[prune]}`
}

export const fieldLine = ({ pointer, from, to, impact }: FieldChange): string =>
  `${pointer}  ${shown(from)} → ${shown(to)}${impact === 'neutral' ? '' : `  (${impact})`}`

const shown = (value: unknown): string => (value === undefined ? '(not named)' : JSON.stringify(value))

/** Environments in which something is said. */
export const telling = ({ environments }: Review): readonly EnvironmentReview[] =>
  environments.filter(
    (e) => e.live !== undefined || e.diagnostics.length + e.documents.length + e.reach.length + e.lockouts.length > 0,
  )
