import { describe, expect, it } from 'vitest'
import { Delayed } from '../../controller/delayed-queue.ts'
import { Metrics } from '../../controller/metrics.ts'
import { PRIORITY, type Priority, WorkQueue } from '../../controller/queue.ts'
import type { Next } from '../../controller/reconcile.ts'
import { Workers } from '../../controller/workers.ts'
import { systemClock } from '../../reconciler/retry.ts'

const ITEM = 'Tenant/team/one'
const HOUR_MS = 3_600_000

/** Times that an item is put off, in milliseconds; none is waited for. */
class Noted extends Delayed {
  readonly waits: number[] = []
  readonly #due: (item: string, priority: Priority) => void

  constructor(due: (item: string, priority: Priority) => void) {
    super(due)
    this.#due = due
  }

  override after(milliseconds: number, item: string, priority: Priority): void {
    this.waits.push(milliseconds)
    this.#due(item, priority)
  }
}

/** Waits after looks that all ended like this. */
async function waitsAfter(next: Next, looks: number): Promise<readonly number[]> {
  const queue = new WorkQueue({ laneOf: () => ({ namespace: 'team' }), slotsOf: () => 1 })
  const delayed = new Noted((item, priority) => queue.add(item, priority))
  const metrics = new Metrics(
    1,
    () => 0,
    () => [],
  )
  let done = 0
  const work = async (): Promise<Next> => {
    if (++done === looks) queue.close()
    return next
  }
  const workers = new Workers({ queue, delayed, metrics, clock: systemClock, work, onFault: () => {} })
  queue.add(ITEM, PRIORITY.change)
  await workers.run(1)
  return delayed.waits
}

describe('what failed is tried again', () => {
  it('after 5 ms, then twice as long each time', async () => {
    expect(await waitsAfter({ after: 'retry' }, 6)).toEqual([5, 10, 20, 40, 80, 160])
  })

  it('at the drift interval at the latest, give or take a tenth, however often it failed', async () => {
    const waits = await waitsAfter({ after: 'retry', within: 60 }, 40)
    expect(Math.max(...waits)).toBeLessThanOrEqual(66_000)
    expect(waits.at(-1)).toBeGreaterThanOrEqual(60_000)
  })

  it('later only where the system asks for it', async () => {
    expect(await waitsAfter({ after: 'retry', within: 60, seconds: 3_600 }, 1)).toEqual([HOUR_MS])
  })
})
