import type { Kind } from '../config/kind.ts'
import { decide, type RuleCheck } from './decide.ts'
import type { Facts } from './facts.ts'
import type { Entry, Seen, Step } from './model.ts'
import type { SentSecret } from './sent-secret.ts'

/** What counts of memory and sight now that the object was seen. */
interface Recalled {
  readonly entry: Entry | undefined
  readonly seen: Seen
  /** Somebody else deleted the object and made it anew. */
  readonly madeAnew: boolean
  /** Somebody else had the system make the value anew that it shows once. */
  readonly valueMadeAnew: boolean
}

/**
 * Memory is about one object. With another id it was made anew by somebody, so nothing that cannot be read counts as written.
 * A value that is shown once counts as delivered only if memory says that it is that of this object, and the system does
 * not tell another one by its fingerprint.
 */
export function recall(entry: Entry | undefined, seen: Seen, kind: Pick<Kind, 'produces'>): Recalled {
  const observed = seen.sight.state === 'present' ? seen.sight.observed : undefined
  const madeAnew = entry?.id !== undefined && observed !== undefined && entry.id !== observed.id
  const valueMadeAnew = !madeAnew && isAnother(observed?.fingerprint, deliveredIn(entry, kind))
  const isKnown = entry?.specDigest !== undefined && !madeAnew && !valueMadeAnew
  return {
    entry: madeAnew ? { ...entry, memo: {} } : entry,
    seen: isKnown ? seen : { ...seen, delivered: false },
    madeAnew,
    valueMadeAnew,
  }
}

const deliveredIn = (entry: Entry | undefined, { produces }: Pick<Kind, 'produces'>): string | undefined =>
  produces === undefined ? undefined : (entry?.memo[produces] as SentSecret | undefined)?.fingerprint

const isAnother = (told: string | undefined, known: string | undefined): boolean =>
  told !== undefined && known !== undefined && told !== known

/** `decide` on what counts of memory and sight. */
export function decideOn(facts: Facts, found: Seen, known: Entry | undefined, rules: RuleCheck): Step {
  const { entry, seen, madeAnew, valueMadeAnew } = recall(known, found, facts.kind)
  const step = decide(facts, seen, entry, rules)
  if (step.because !== undefined) return step
  if (valueMadeAnew && step.changes.length > 0) return { ...step, because: 'somebody made a new value for it' }
  if (!madeAnew) return step
  const because = 'somebody deleted and recreated it'
  return { ...step, because, ...(step.action === 'none' ? { action: 'adopt' } : {}) }
}
