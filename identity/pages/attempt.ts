import type { FastifyError } from 'fastify'
import { lacksOf, type PasswordLack } from '../factors/password/rules.ts'
import { problemOf } from '../frame/page-scope.ts'
import type { Site } from '../frame/site.ts'
import type { Say, TextKey } from '../frame/texts.ts'
import type { Fault } from '../platform/fault.ts'
import { toFault } from '../platform/http/errors.ts'
import { passwordRules } from '../policy/offers.ts'

/** What came of what a person sent: the result, or what to tell the person. */
export type AttemptOutcome<T> =
  | { readonly result: T; readonly problem?: undefined; readonly fault?: undefined }
  | { readonly problem: string; readonly fault: Fault }

/**
 * Runs what a form asks for. What the person can mend comes back in words, to be shown above the form; what is our own fault is
 * thrown. `refused`: what to say to credentials that were not good.
 */
export async function attempted<T>(
  say: Say,
  work: () => Promise<T>,
  refused: TextKey = 'error.refused',
): Promise<AttemptOutcome<T>> {
  try {
    return { result: await work() }
  } catch (error) {
    const fault = toFault(error as FastifyError)
    if (fault.status >= 500 && fault.status !== 503) throw error
    return { problem: wordsOf(say, fault, refused), fault }
  }
}

function wordsOf(say: Say, fault: Fault, refused: TextKey): string {
  const [issue] = fault.issues
  if (fault.status === 401) return say(refused)
  if (issue?.pointer === '/new_password' && fault.text === undefined) return say('error.password')
  return problemOf(say, fault)
}

const LACKS = {
  short: 'error.password.short',
  long: 'error.password.long',
  lower: 'error.password.lower',
  upper: 'error.password.upper',
  special: 'error.password.special',
} as const satisfies Record<PasswordLack, TextKey>

/** Everything that a new password lacks, a sentence each; `undefined` when its rules hold. */
function lackText({ say, policy }: Site, password: string): string | undefined {
  const rules = policy && passwordRules(policy)
  const lacks = rules ? lacksOf(rules, password) : []
  const count = (lack: PasswordLack) => (lack === 'short' ? rules?.minLength : rules?.maxLength) ?? 0
  return lacks.length === 0 ? undefined : lacks.map((lack) => say(LACKS[lack], { count: count(lack) })).join(' ')
}

/** What to say where a new password was sent along, and whether it is at fault, or what else was sent. */
export function aboutPassword(
  site: Site,
  { problem, fault }: { readonly problem: string; readonly fault: Fault },
  newPassword: string,
): { readonly problem: string; readonly isNew: boolean } {
  const isNew = fault.issues[0]?.pointer === '/new_password'
  return { problem: (isNew ? lackText(site, newPassword) : undefined) ?? problem, isNew }
}
