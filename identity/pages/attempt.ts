import type { FastifyError } from 'fastify'
import { problemOf } from '../frame/scope.ts'
import type { Say, TextKey } from '../frame/texts.ts'
import type { Fault } from '../platform/fault.ts'
import { toFault } from '../platform/http/errors.ts'

/** What came of what a person sent: the result, or what to tell the person. */
export type Outcome<T> =
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
): Promise<Outcome<T>> {
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
  if (issue?.pointer === '/new_password') return say('error.password', { lacks: issue.message })
  return problemOf(say, fault)
}
