import { type PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { Clock } from '../reconciler/retry.ts'

export interface Rounds {
  readonly periodMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** One round. */
  readonly look: () => Promise<void>
  /** Told of a round that failed, unless the signal has aborted. */
  readonly onFault: (error: PlumblineError) => void
}

/** Looks again and again until the signal aborts; never throws. */
export async function lookRepeatedly({ periodMs, clock, signal, look, onFault }: Rounds): Promise<void> {
  while (!signal.aborted) {
    await look().catch((thrown: unknown) => {
      if (!signal.aborted) onFault(toPlumblineError(thrown))
    })
    await clock.sleep(periodMs, signal).catch(() => undefined)
  }
}
