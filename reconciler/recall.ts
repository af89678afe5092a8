import { decide, type RuleCheck } from './decide.ts'
import type { Facts } from './facts.ts'
import type { Entry, Seen, Step } from './model.ts'

/** What counts of memory and sight now that the object was seen. */
interface Recalled {
  readonly entry: Entry | undefined
  readonly seen: Seen
  /** Somebody else deleted the object and made it anew. */
  readonly madeAnew: boolean
}

/**
 * Memory is about one object. With another id it was made anew by somebody, so nothing that cannot be read counts as written.
 * A value that is shown once counts as delivered only if memory says that it is that of this object.
 */
export function recall(entry: Entry | undefined, seen: Seen): Recalled {
  const id = seen.sight.state === 'present' ? seen.sight.observed.id : undefined
  const madeAnew = entry?.id !== undefined && id !== undefined && entry.id !== id
  const isKnown = entry?.specDigest !== undefined && !madeAnew
  return {
    entry: madeAnew ? { ...entry, memo: {} } : entry,
    seen: isKnown ? seen : { ...seen, delivered: false },
    madeAnew,
  }
}

/** `decide` on what counts of memory and sight. */
export function decideOn(facts: Facts, found: Seen, known: Entry | undefined, rules: RuleCheck): Step {
  const { entry, seen, madeAnew } = recall(known, found)
  const step = decide(facts, seen, entry, rules)
  if (!madeAnew || step.because !== undefined) return step
  const because = 'somebody has deleted it and made it anew'
  return { ...step, because, ...(step.action === 'none' ? { action: 'adopt' } : {}) }
}
