import { setImmediate } from 'node:timers/promises'
import type { Deps } from '../../deps.ts'
import { SWEEP_BATCH } from '../../store/store.ts'

const ROUND_MILLISECONDS = 60_000

/** Deletes expired documents batch by batch until none is left; requests get their turn in between. Throws UNAVAILABLE. */
export async function sweepAll({ store, metrics }: Pick<Deps, 'store' | 'metrics'>): Promise<void> {
  let swept = SWEEP_BATCH
  while (swept >= SWEEP_BATCH) {
    swept = await store.sweep(SWEEP_BATCH)
    metrics?.swept(swept)
    await setImmediate()
  }
}

export interface Sweeper {
  /** Waits for the round under way. */
  stop(): Promise<void>
}

/** A round every minute. Of several replicas each one sweeps; none waits for another. */
export function startSweeper(deps: Pick<Deps, 'store' | 'metrics'>, onFault: (error: unknown) => void): Sweeper {
  let round: Promise<void> | undefined
  const timer = setInterval(() => {
    round ??= sweepAll(deps)
      .catch(onFault)
      .finally(() => {
        round = undefined
      })
  }, ROUND_MILLISECONDS)
  timer.unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await round
    },
  }
}
