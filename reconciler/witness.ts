import { toPlumblineError } from '../config/errors.ts'
import type { Observed } from './adapter.ts'
import { digestOf } from './digest.ts'
import type { Outcome, Step } from './model.ts'
import { withRequests } from './requests.ts'

/** Puts down each write: for doors that reconcile documents one by one. */
export interface Witness {
  /** Before anything is sent; throws what keeps it from being put down. Returns who hears of the end. */
  begins(step: Step): Promise<(outcome: Outcome) => Promise<void>>
}

/** Does a step in the eyes of a witness, where there is one. */
export async function witnessed<T>(
  witness: Witness | undefined,
  step: Step,
  work: () => Promise<T>,
  digests: (result: T) => Digests,
): Promise<T> {
  if (witness === undefined) return work()
  const ended = await witness.begins(step)
  const { done, told } = await withRequests(work)
  if (done.status === 'rejected') {
    await ended({ step, status: 'failed', error: toPlumblineError(done.reason), ...told })
    throw done.reason
  }
  await ended({ step, status: 'done', digests: digests(done.value), ...told })
  return done.value
}

type Digests = NonNullable<Outcome['digests']>

/** Digests of what a system showed before and after it was written to. */
export const digestsOf = (before: Observed | undefined, after: Observed | undefined): Digests => ({
  ...(before && { before: digestOf(before.spec) }),
  ...(after && { after: digestOf(after.spec) }),
})
